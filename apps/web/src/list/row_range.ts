import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'

/** The rows near the window, and those that must stay in the document: focus or a draft is in them. */
export function withRows(range: Range, pinned: readonly number[]): number[] {
  const near = defaultRangeExtractor(range)
  const far = pinned.filter((index) => index >= 0 && index < range.count && !near.includes(index))
  return far.length === 0 ? near : [...new Set([...near, ...far])].toSorted((a, b) => a - b)
}
