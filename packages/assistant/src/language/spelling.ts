/** How far a word may be from the one that was meant: not at all if it is short. */
function tolerance(word: string): number {
  return word.length < 4 ? 0 : word.length < 9 ? 1 : 2
}

/**
 * Whether a word is probably a misspelt `meant`: a letter too many or too few, another one, or two that changed places;
 * two such mistakes in long words. The first letter counts as right, unless it changed places with the second.
 */
export function isMisspelt(word: string, meant: string): boolean {
  const allowed = tolerance(meant)
  if (word === meant || allowed === 0 || Math.abs(word.length - meant.length) > allowed) return false
  if (word.charAt(0) !== meant.charAt(0) && word.charAt(0) !== meant.charAt(1)) return false
  const isTransposed = word.length === meant.length && sorted(word) === sorted(meant)
  if (word.charAt(0) !== meant.charAt(0) && !isTransposed) return false
  // Of a short word too many others are one letter away: "mark" and "mask", "show" and "shop".
  if (meant.length === 4 && word.length <= 4 && !isTransposed) return false
  return editDistance(word, meant) <= allowed
}

/** The word of a vocabulary that is probably meant: the one with the fewest mistakes. */
export function correctionOf(word: string, vocabulary: ReadonlySet<string>): string | undefined {
  let best: string | undefined
  for (const meant of vocabulary) {
    if (Math.abs(meant.length - word.length) > 2 || !isMisspelt(word, meant)) continue
    if (best === undefined || editDistance(word, meant) < editDistance(word, best)) best = meant
  }
  return best
}

function sorted(word: string): string {
  return Array.from(word).toSorted().join('')
}

/** The number of letters to add, remove, replace or exchange with their neighbour. For short words. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isEqual = a.charAt(i - 1) === b.charAt(j - 1)
      const isSwap = i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1)
      next.push(
        Math.min(
          (next[j - 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + (isEqual ? 0 : 1),
          isSwap ? (before[j - 2] ?? 0) + 1 : Infinity,
        ),
      )
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
