/** Weekdays, in full and in three letters. Monday is 0. */
export const WEEKDAYS = numbered('monday tuesday wednesday thursday friday saturday sunday', 0)

/** Months, in full and in three letters. January is 1. */
export const MONTHS = numbered(
  'january february march april may june july august september october november december',
  1,
)

/** The words of a list that is separated by blanks. */
export function wordSet(list: string): Set<string> {
  return new Set(list.split(' '))
}

/** A number of at most `digits` digits, without sign. */
export function wholeNumber(text: string, digits: number): number | undefined {
  return text.length <= digits && /^\d+$/.test(text) ? Number(text) : undefined
}

/** 1 for `1st`, 22 for `22nd`; undefined for `1th`, `one` and `0th`. */
export function ordinal(text: string): number | undefined {
  const number = wholeNumber(text.slice(0, -2), 2)
  return number !== undefined && number > 0 && text.slice(-2) === suffix(number) ? number : undefined
}

function suffix(number: number): string {
  if (number > 10 && number < 14) return 'th'
  return ['th', 'st', 'nd', 'rd'][number % 10] ?? 'th'
}

function numbered(names: string, first: number): Map<string, number> {
  const entries = names.split(' ').map((name, index) => [name, first + index] as const)
  return new Map(entries.flatMap(([name, number]) => [[name, number] as const, [name.slice(0, 3), number] as const]))
}
