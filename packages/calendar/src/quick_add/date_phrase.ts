import { civil, dayNumber, dayNumberOf, daysInMonth, dayText, isDay, LAST_NUMBER, weekdayOf, type Day } from '../day.ts'
import type { QuickAddContext } from './context.ts'
import { MONTHS, ordinal, WEEKDAYS, wholeNumber, wordSet } from './vocabulary.ts'
import { continued, listed, type Phrase, type Word } from './words.ts'

/** A day, or one that comes again: a weekday (0 is Monday), a date of the year. */
export type DateForm = { day: Day } | { weekday: number; bare: boolean } | { month: number; date: number }

/** Reads a date that starts at the index: `tomorrow`, `by friday`, `in 3 days`, `2026-12-24`, `on 24 Dec`. */
export function readDate(words: Word[], index: number, context: QuickAddContext): Phrase<DateForm> | undefined {
  const word = words[index]?.text ?? ''
  if (word === 'on' || word === 'by') {
    if (continued(words, index + 1) === '') return undefined
    return definite(readOwnDate(words, index + 1, context))
  }
  if (word === 'in') return readDistance(words, index, context)
  if (word === 'this') return WEEKDAYS.has(continued(words, index + 1)) ? readWeekday(words, index + 1) : undefined
  return readOwnDate(words, index, context)
}

/** The same date, no bare weekday any more because of the word before it. */
export function definite(date: Phrase<DateForm> | undefined): Phrase<DateForm> | undefined {
  return date && 'weekday' in date.value ? { ...date, value: { ...date.value, bare: false } } : date
}

/** The day that the form names: of a weekday the next after `base`, of a date of the year the next from `base` on. */
export function dayOf(form: DateForm, base: Day): Day | undefined {
  if ('day' in form) return form.day
  const from = dayNumber(base)
  if ('weekday' in form) return dayAt(from + 7 - ((weekdayOf(from) - form.weekday + 7) % 7))
  const first = civil(from).year
  // 29 February comes again after 8 years at most.
  for (let year = first; year <= first + 8; year += 1) {
    const day = form.date <= daysInMonth(year, form.month) ? dayNumberOf(year, form.month, form.date) : from - 1
    if (day >= from) return dayAt(day)
  }
  return undefined
}

/** The day of a day number, unless it lies behind the last day that a task may name. */
export function dayAt(number: number): Day | undefined {
  return number > LAST_NUMBER ? undefined : dayText(number)
}

function readOwnDate(words: Word[], index: number, context: QuickAddContext): Phrase<DateForm> | undefined {
  const word = words[index]?.text ?? ''
  if (word === 'next') return readNext(words, index, context)
  const day = namedDay(words[index], context)
  if (day !== undefined) return { value: { day }, next: index + 1 }
  return readMonthDay(words, index, context) ?? readWeekdayNextWeek(words, index, context) ?? readWeekday(words, index)
}

function namedDay(word: Word | undefined, { today }: QuickAddContext): Day | undefined {
  // Tom and Tod are people, tom and TOM are tomorrow.
  if (!word || word.raw === 'Tom' || word.raw === 'Tod') return undefined
  if (word.text === 'today' || word.text === 'tod') return today
  if (word.text === 'tomorrow' || word.text === 'tom') return dayAt(dayNumber(today) + 1)
  return isDay(word.text) ? word.text : undefined
}

/** Reads `next friday`, `next week`, and with its weekday `next week friday`. */
function readNext(words: Word[], index: number, { today }: QuickAddContext): Phrase<DateForm> | undefined {
  const word = continued(words, index + 1)
  if (word !== 'week') return WEEKDAYS.has(word) ? definite(readWeekday(words, index + 1)) : undefined
  const at = continued(words, index + 2) === 'on' ? index + 3 : index + 2
  const weekday = WEEKDAYS.get(continued(words, at))
  const day = dayOfNextWeek(weekday ?? 0, today)
  return day === undefined ? undefined : { value: { day }, next: weekday === undefined ? index + 2 : at + 1 }
}

/** Reads `friday next week`. */
function readWeekdayNextWeek(words: Word[], index: number, { today }: QuickAddContext): Phrase<DateForm> | undefined {
  const weekday = WEEKDAYS.get(words[index]?.text ?? '')
  const nextWeek = continued(words, index + 1) === 'next' && continued(words, index + 2) === 'week'
  const day = weekday !== undefined && nextWeek ? dayOfNextWeek(weekday, today) : undefined
  return day === undefined ? undefined : { value: { day }, next: index + 3 }
}

/** The weekday in the week that begins next Monday. */
function dayOfNextWeek(weekday: number, today: Day): Day | undefined {
  const number = dayNumber(today)
  return dayAt(number + 7 - weekdayOf(number) + weekday)
}

function readDistance(words: Word[], index: number, { today }: QuickAddContext): Phrase<DateForm> | undefined {
  const number = wholeNumber(continued(words, index + 1), 4)
  const days = UNIT_DAYS.get(continued(words, index + 2))
  if (number === undefined || days === undefined) return undefined
  const day = dayAt(dayNumber(today) + number * days)
  return day === undefined ? undefined : { value: { day }, next: index + 3 }
}

function readWeekday(words: Word[], index: number): Phrase<DateForm> | undefined {
  const weekday = WEEKDAYS.get(words[index]?.text ?? '')
  return weekday === undefined ? undefined : { value: { weekday, bare: true }, next: index + 1 }
}

/** Reads `24 Dec` or `Dec 24`, with `24th` for 24, and with a year behind it. */
function readMonthDay(words: Word[], index: number, context: QuickAddContext): Phrase<DateForm> | undefined {
  const form = monthDay(words, index)
  if (!form) return undefined
  const year = wholeNumber(listed(words, index + 2), 4)
  if (year === undefined || year < 1000) return { value: form, next: index + 2 }
  // A year that is over belongs to a story, not to a task, and then neither does its day.
  if (year < Number(context.today.slice(0, 4)) || form.date > daysInMonth(year, form.month)) return undefined
  const day = dayAt(dayNumberOf(year, form.month, form.date))
  return day === undefined ? undefined : { value: { day }, next: index + 3 }
}

/** The month and the date that the two words at the index name, if the month can have that date. */
export function monthDay(words: Word[], index: number): { month: number; date: number } | undefined {
  const [first, second] = [words[index]?.text ?? '', continued(words, index + 1)]
  const month = MONTHS.get(first) ?? MONTHS.get(second)
  const number = MONTHS.has(first) ? second : first
  const date = wholeNumber(number, 2) ?? ordinal(number)
  if (month === undefined || date === undefined || date < 1 || date > daysInMonth(2024, month)) return undefined
  const after = continued(words, index + 2)
  return (MONTHS.has(first) ? UNITS : VERBS).has(after) && (first !== number || words[index + 1]?.raw === 'may')
    ? undefined
    : { month, date }
}

const UNIT_DAYS = new Map([
  ['day', 1],
  ['days', 1],
  ['week', 7],
  ['weeks', 7],
])

/** After `March 5` these say that 5 is a quantity, after `5 may` that "may" is a verb. */
const UNITS = wordSet('km kilometers kilometres miles steps people times percent am pm')
const VERBS = wordSet('be not have also come go need want still get take use apply')
