import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'

/** The rows near the viewport, and the pinned ones, which hold the focus or a draft and must stay in the document. */
export function withRows(range: Range, pinned: readonly number[]): number[] {
  const near = defaultRangeExtractor(range)
  const far = pinned.filter((index) => index >= 0 && index < range.count && !near.includes(index))
  return far.length === 0 ? near : [...new Set([...near, ...far])].toSorted((a, b) => a - b)
}
