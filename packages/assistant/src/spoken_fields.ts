import { quickAdd, type QuickAdd, type QuickAddContext } from '@taskwire/calendar'
import { trimmedEnd } from './language/trim.ts'

/**
 * What a text says by the grammar of quick add, which all clients share, and in words that people say but do not type:
 * "due" or "for" before the day, "high priority" at the end.
 */
export function spokenFields(text: string, clock: QuickAddContext): QuickAdd {
  const once = withoutDue(withSign(text), clock)
  // Without the word behind it a day counts that did not: "due friday for 5pm".
  return quickAdd(withoutDue(once, clock), clock)
}

const LEVELS = ['high', 'medium', 'low']

/** "high priority" at the end as the sign that quick add has for it. */
function withSign(text: string): string {
  const lower = text.toLowerCase()
  for (const level of LEVELS) {
    for (const phrase of [`with ${level} priority`, `as ${level} priority`, `${level} priority`]) {
      const before = text.slice(0, -phrase.length)
      if (lower.endsWith(phrase) && (before === '' || before.endsWith(' ')))
        return `${trimmedEnd(before, ' ,')} !${level}`
    }
  }
  return text
}

/** Without "due" before a date, and without "for" before a date with nothing but dates and signs behind it. */
function withoutDue(text: string, clock: QuickAddContext): string {
  const { spans } = quickAdd(text, clock)
  let kept = text
  for (const [index, { from, is }] of [...spans.entries()].toReversed()) {
    if (is !== 'due_date' && is !== 'due_time' && is !== 'recurrence') continue
    const before = trimmedEnd(text.slice(0, from), ' ')
    const word = before.slice(before.lastIndexOf(' ') + 1).toLowerCase()
    const isLast = spans
      .slice(index)
      .every((span, at, rest) => text.slice(span.to, rest[at + 1]?.from).trim().length <= 1)
    if (word === 'due' || (word === 'for' && isLast)) kept = `${before.slice(0, -word.length)}${kept.slice(from)}`
  }
  return kept
}
