import type { QuickAddSpan } from './span.ts'
import { PUNCTUATION } from './words.ts'

/**
 * The text without its spans and backslashes. White space is folded where a span was, a comma or colon that joined the
 * span to the text goes with it, and what ends a sentence moves to the word before. Everything else stays as it is.
 */
export function titleOf(text: string, spans: QuickAddSpan[], backslashes: number[]): string {
  const kept: string[] = []
  let from = 0
  for (const span of [...spans, { from: text.length, to: text.length }]) {
    kept.push(withoutUnits(text, { from, to: span.from }, backslashes))
    from = span.to
  }
  const [first = '', ...others] = kept
  return others.reduce(joined, first).trim()
}

/** A part of the text without the units at these places, which ascend. */
function withoutUnits(text: string, { from, to }: { from: number; to: number }, places: number[]): string {
  const inside = places.filter((place) => place >= from && place < to)
  return [from - 1, ...inside].map((place, index) => text.slice(place + 1, inside[index] ?? to)).join('')
}

/** The two sides of a removed span. */
function joined(left: string, right: string): string {
  const tail = leadingPunctuation(right)
  const rest = right.slice(tail.length).trimStart()
  const before = left.trimEnd()
  if (before === '') return rest
  const end = Array.from(tail)
    .filter((mark) => !SEPARATORS.includes(mark))
    .join('')
  if (rest === '') return withoutSeparators(before) + end
  const mark = PUNCTUATION.includes(before.slice(-1)) ? '' : tail
  return `${before}${mark}${rest.startsWith(')') ? '' : ' '}${rest}`
}

function leadingPunctuation(text: string): string {
  let end = 0
  while (end < text.length && PUNCTUATION.includes(text.charAt(end))) end += 1
  return text.slice(0, end)
}

/** The text without the commas, colons and lone dashes at its end. */
function withoutSeparators(text: string): string {
  let end = text.length
  while (end > 0 && isSeparator(text, end - 1)) end -= 1
  return text.slice(0, end)
}

function isSeparator(text: string, at: number): boolean {
  const character = text.charAt(at)
  return SEPARATORS.includes(character) || (DASHES.includes(character) && /^\s?$/.test(text.charAt(at - 1)))
}

const SEPARATORS = ',;:、，；： '
const DASHES = '-–—'
