import type { RuleParts } from './rule_parts.ts'
import { ordinal, WEEKDAYS } from './vocabulary.ts'
import { continued, readList, type Phrase, type Word } from './words.ts'

/** The days of a month that a rule names. */
export type MonthDays = Pick<RuleParts, 'byMonthDay' | 'byDay'>

/** Reads days of the month: `1st`, `1st and 15th`, `last day`, or a weekday in it: `3rd friday`, `last monday`. */
export function readMonthDays(words: Word[], index: number): Phrase<MonthDays> | undefined {
  const weekday = readNumberedWeekday(words, index)
  if (weekday) return { value: { byDay: [weekday.value] }, next: weekday.next }
  const dates = readList(words, index, (at) => readDateOfMonth(words, at))
  return dates && { value: { byMonthDay: dates.value }, next: dates.next }
}

function readNumberedWeekday(words: Word[], index: number): Phrase<{ weekday: number; number: number }> | undefined {
  const first = words[index]?.text ?? ''
  const number = first === 'last' ? -1 : ordinal(first)
  const weekday = WEEKDAYS.get(continued(words, index + 1))
  if (number === undefined || number > 5 || weekday === undefined) return undefined
  return { value: { weekday, number }, next: index + 2 }
}

function readDateOfMonth(words: Word[], index: number): Phrase<number> | undefined {
  const first = words[index]?.text ?? ''
  if (first === 'last') return continued(words, index + 1) === 'day' ? { value: -1, next: index + 2 } : undefined
  const date = ordinal(first)
  // "every 6th friday" is neither a day of the month nor a weekday of it.
  if (date === undefined || date > 31 || WEEKDAYS.has(continued(words, index + 1))) return undefined
  return { value: date, next: index + 1 }
}
