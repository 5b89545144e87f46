import type { Token } from './scan.ts'
import type { Meaning } from './token.ts'
import type { Word } from './words.ts'

/** A part of the text that became a field, in UTF-16 units, `to` exclusive. */
export interface QuickAddSpan {
  from: number
  to: number
  is: 'due_date' | 'due_time' | 'tag' | 'priority' | 'recurrence' | 'reminder' | 'start_date'
}

/** The tokens' places. A recurrence and the `from` or `until` directly behind it are one span. */
export function spansOf(words: Word[], tokens: Token[]): QuickAddSpan[] {
  const spans: QuickAddSpan[] = []
  for (const [position, { first, next, meaning }] of tokens.entries()) {
    const from = words[first]?.from ?? 0
    const to = words[next - 1]?.to ?? from
    const is = SPAN_KINDS[meaning.is]
    const last = spans.at(-1)
    if (last?.is === 'recurrence' && is === 'recurrence' && tokens[position - 1]?.next === first) last.to = to
    else spans.push({ from, to, is })
  }
  return spans
}

const SPAN_KINDS: Record<Meaning['is'], QuickAddSpan['is']> = {
  tag: 'tag',
  priority: 'priority',
  due_date: 'due_date',
  due_time: 'due_time',
  every: 'recurrence',
  from: 'recurrence',
  until: 'recurrence',
  count: 'recurrence',
  start_date: 'start_date',
  reminder: 'reminder',
}
