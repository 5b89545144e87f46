import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'

/** So many rows are all in the document, so that the browser's own search finds them. */
const ALL = 300

/** All rows of a list that is not long, else the rows near the viewport, and the pinned ones, which hold the focus or a draft and must stay in the document. */
export function withRows(range: Range, pinned: readonly number[]): number[] {
  if (range.count <= ALL) return Array.from({ length: range.count }, (_, index) => index)
  const near = defaultRangeExtractor(range)
  const far = pinned.filter((index) => index >= 0 && index < range.count && !near.includes(index))
  return far.length === 0 ? near : [...new Set([...near, ...far])].toSorted((a, b) => a - b)
}
