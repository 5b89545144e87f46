import { isDay, parseRule } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'

/** A recurrence in plain words: "every 2 weeks on Monday", "every month on the 1st, after completion". */
export function recurrenceText({ rule: text, start, next }: NonNullable<Task['recurrence']>): string {
  const { rule } = parseRule(text)
  if (rule === undefined) return text
  const described = t.fields.rule(rule, isDay(start) ? start : undefined)
  return next === 'completion' ? t.fields.fromCompletion(described) : described
}
