/** Variables that are ours and not of the server. */
const OTHERS: ReadonlySet<string> = new Set(['TASKWIRE_API_KEY', 'TASKWIRE_URL', 'TEST_DATABASE_URL'])

/**
 * The names that differ from one of `ours` by a slip of the keyboard: a letter too many, too few, or another, or two
 * exchanged. Short names are left alone, because other programs have similar ones.
 */
export function misspeltNames(names: readonly string[], ours: readonly string[]): { name: string; meant: string }[] {
  const known = new Set(ours)
  return names.flatMap((name) => {
    if (known.has(name) || OTHERS.has(name) || name.length < 6) return []
    const [best] = ours
      .map((meant) => ({ name, meant, slips: slipsBetween(name.toUpperCase(), meant) }))
      .filter(({ meant, slips }) => meant.length > 5 && slips <= (meant.length < 8 ? 1 : 2))
      .toSorted((one, other) => one.slips - other.slips)
    return best === undefined ? [] : [{ name, meant: best.meant }]
  })
}

/** The Damerau-Levenshtein distance (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const exchanged =
        one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity
      row.push(Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1, exchanged))
    }
    beforeLast = last
    last = row
  }
  return at(last, other.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
