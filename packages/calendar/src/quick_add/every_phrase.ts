import type { Frequency } from '../rule.ts'
import { monthDay } from './date_phrase.ts'
import { readMonthDays, type MonthDays } from './month_days_phrase.ts'
import type { RuleParts } from './rule_parts.ts'
import { ordinal, WEEKDAYS, wholeNumber } from './vocabulary.ts'
import { continued, listed, readList, unescaped, type Phrase, type Word } from './words.ts'

/** A recurrence as it was written. `endOnly`: it counts only where nothing but tokens follows. */
export interface EveryForm {
  parts: RuleParts
  completion: boolean
  endOnly: boolean
}

/** Reads a recurrence that starts at the index: `every 2 weeks on mon, thu`, `every! 3 days`, `on the 1st every month`. */
export function readEvery(words: Word[], index: number): Phrase<EveryForm> | undefined {
  if (words[index]?.text === 'on') return readDayOfEvery(words, index)
  if (!isEvery(words, index)) return undefined
  const completion = words[index]?.tail === '!'
  const pattern = readPattern(words, index + 1)
  return pattern && { value: { ...pattern.value, completion }, next: pattern.next }
}

type Pattern = Omit<EveryForm, 'completion'>

/** Whether `every` or `every!` stands at the index, with another word behind it. */
function isEvery(words: Word[], index: number): boolean {
  const word = words[index]
  return word?.text === 'every' && (word.tail === '' || word.tail === '!') && unescaped(words, index + 1) !== ''
}

/** Reads `on the 1st every month` and `on the last day of every 2 months`. */
function readDayOfEvery(words: Word[], index: number): Phrase<EveryForm> | undefined {
  const days = readOnMonthDays(words, index)
  if (!days) return undefined
  const every = continued(words, days.next) === 'of' && words[days.next]?.tail === '' ? days.next + 1 : days.next
  if (listed(words, every) !== 'every' || !isEvery(words, every)) return undefined
  const unit = readUnit(words, every + 1)
  if (unit?.value.frequency !== 'MONTHLY') return undefined
  const parts = { ...unit.value, ...days.value }
  return { value: { parts, completion: words[every]?.tail === '!', endOnly: false }, next: unit.next }
}

function readPattern(words: Word[], index: number): Phrase<Pattern> | undefined {
  return (
    readUnitPattern(words, index) ?? readYearly(words, index) ?? readWeekly(words, index) ?? readMonthly(words, index)
  )
}

/** Reads `3 days`, `2 weeks on mon, thu`, `month on the 15th`. */
function readUnitPattern(words: Word[], index: number): Phrase<Pattern> | undefined {
  const unit = readUnit(words, index)
  if (!unit) return undefined
  const plain = { value: { parts: unit.value, endOnly: false }, next: unit.next }
  if (continued(words, unit.next) !== 'on') return plain
  const { frequency } = unit.value
  const days =
    frequency === 'WEEKLY' && continued(words, unit.next + 1) !== '' ? readWeekdays(words, unit.next + 1) : undefined
  if (days) return { value: { parts: { ...unit.value, byDay: days.value }, endOnly: false }, next: days.next }
  const dates = frequency === 'MONTHLY' ? readOnMonthDays(words, unit.next) : undefined
  return dates ? { value: { parts: { ...unit.value, ...dates.value }, endOnly: false }, next: dates.next } : plain
}

/** Reads `day`, `3 weeks`, `other month`, `2nd year`. */
function readUnit(words: Word[], index: number): Phrase<RuleParts> | undefined {
  const interval = readInterval(words, index)
  const word = interval ? continued(words, interval.next) : (words[index]?.text ?? '')
  const frequency = UNITS.get(interval && word.endsWith('s') ? word.slice(0, -1) : word)
  if (!frequency) return undefined
  return { value: { frequency, interval: interval?.value ?? 1 }, next: (interval?.next ?? index) + 1 }
}

/** Reads the N of `every N weeks`. */
function readInterval(words: Word[], index: number): Phrase<number> | undefined {
  const word = words[index]?.text ?? ''
  const number = word === 'other' ? 2 : (wholeNumber(word, 3) ?? ordinal(word))
  return number ? { value: number, next: index + 1 } : undefined
}

/** Reads `24 Dec` and `Dec 24`. */
function readYearly(words: Word[], index: number): Phrase<Pattern> | undefined {
  const form = monthDay(words, index)
  if (!form) return undefined
  const parts: RuleParts = { frequency: 'YEARLY', interval: 1, byMonth: form.month, byMonthDay: [form.date] }
  return { value: { parts, endOnly: false }, next: index + 2 }
}

/** Reads `mon, wed and fri`, `weekday`, `2 mondays`, `other friday`. */
function readWeekly(words: Word[], index: number): Phrase<Pattern> | undefined {
  const first = words[index]?.text ?? ''
  const interval = ordinal(first) === undefined ? readInterval(words, index) : undefined
  const start = interval?.next ?? index
  if (interval && !WEEKDAYS.has(continued(words, start).replace(/s$/, ''))) return undefined
  const days = readWeekdays(words, start)
  if (!days) return undefined
  const parts: RuleParts = { frequency: 'WEEKLY', interval: interval?.value ?? 1, byDay: days.value }
  return { value: { parts, endOnly: false }, next: days.next }
}

/** Reads `15th`, `1st and 15th`, `last day of the month`, `3rd friday`. */
function readMonthly(words: Word[], index: number): Phrase<Pattern> | undefined {
  const days = readMonthDays(words, index)
  if (!days) return undefined
  const [of, article, month] = [0, 1, 2].map((offset) => continued(words, days.next + offset))
  const ofTheMonth =
    of === 'of' && (article === 'the' || article === 'each' || article === 'every') && month === 'month'
  const parts: RuleParts = { frequency: 'MONTHLY', interval: 1, ...days.value }
  // "Read every 2nd chapter" is no rule.
  const endOnly = !ofTheMonth && days.value.byMonthDay !== undefined
  return { value: { parts, endOnly }, next: ofTheMonth ? days.next + 3 : days.next }
}

function readOnMonthDays(words: Word[], index: number): Phrase<MonthDays> | undefined {
  const start = continued(words, index + 1) === 'the' ? index + 2 : index + 1
  return continued(words, start) === '' ? undefined : readMonthDays(words, start)
}

function readWeekdays(words: Word[], index: number): Phrase<{ weekday: number; number: number }[]> | undefined {
  const list = readList(words, index, (at) => readWeekdaySet(words, at))
  return list && { value: list.value.flat().map((weekday) => ({ weekday, number: 0 })), next: list.next }
}

function readWeekdaySet(words: Word[], index: number): Phrase<number[]> | undefined {
  const word = words[index]?.text ?? ''
  if (word === 'weekday') return { value: [0, 1, 2, 3, 4], next: index + 1 }
  const plural = wholeNumber(words[index - 1]?.text ?? '', 3) !== undefined && word.endsWith('days')
  const weekday = WEEKDAYS.get(plural ? word.slice(0, -1) : word)
  return weekday === undefined ? undefined : { value: [weekday], next: index + 1 }
}

const UNITS = new Map<string, Frequency>([
  ['day', 'DAILY'],
  ['week', 'WEEKLY'],
  ['month', 'MONTHLY'],
  ['year', 'YEARLY'],
])
