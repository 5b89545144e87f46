import { civil, dayNumber, weekday, type Day } from './day.ts'
import type { Frequency, Rule, RuleWeekday } from './rule.ts'

/**
 * A rule in plain English, such as "every 2 weeks on Monday and Thursday", "every month on the last Friday, 10 times".
 * With its start it names the weekday or the date that the rule takes from there: "every month on the 21st".
 *
 * @throws RangeError if `start` is given and is not a day.
 */
export function describeRule(rule: Rule, start?: Day): string {
  return `every ${isWeekdays(rule) ? 'weekday' : period(rule) + days(rule, start) + months(rule)}${ending(rule)}`
}

const UNITS: Record<Frequency, string> = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }
const WEEKDAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTH_NAMES = 'January February March April May June July August September October November December'.split(' ')

/** Monday to Friday, every week, and nothing else. */
function isWeekdays(rule: Rule): boolean {
  if (rule.frequency !== 'DAILY' && rule.frequency !== 'WEEKLY') return false
  return rule.interval === 1 && isMondayToFriday(rule.byDay) && rule.byMonthDay.length + rule.byMonth.length === 0
}

function isMondayToFriday(byDay: RuleWeekday[]): boolean {
  return byDay.length === 5 && byDay.every((day) => day.number === 0 && day.weekday < 5)
}

function period({ frequency, interval }: Rule): string {
  return interval === 1 ? UNITS[frequency] : `${interval} ${UNITS[frequency]}s`
}

function days(rule: Rule, start: Day | undefined): string {
  const chosen = chosenDays(rule)
  if (chosen === '') return start === undefined ? '' : daysOfStart(rule, start)
  if (rule.bySetPos.length > 0) return ` on the ${positions(rule)}`
  return rule.frequency === 'DAILY' ? ` that is ${chosen}` : ` on ${chosen}`
}

/** The weekdays and dates of the rule: every one of them, or those that are both. */
function chosenDays(rule: Rule): string {
  const { byDay, byMonthDay, frequency } = rule
  const both = byDay.length > 0 && byMonthDay.length > 0
  // What one day may be is joined by "or", days that all come by "and".
  const join = both || frequency === 'DAILY' ? 'or' : 'and'
  const weekdays = ordered(byDay).map((day) => weekdayName(day, rule))
  const dates = inOrder(byMonthDay).map((number) => `the ${dateName(number)}`)
  if (!both) return list([...weekdays, ...dates], join)
  return `${list(weekdays, join)} ${frequency === 'DAILY' ? 'and' : 'that is'} ${list(dates, join)}`
}

function weekdayName({ weekday, number }: RuleWeekday, { frequency, byMonth, bySetPos }: Rule): string {
  const name = WEEKDAY_NAMES[weekday] ?? ''
  if (number !== 0)
    return `the ${position(number)} ${name}${frequency === 'YEARLY' && byMonth.length === 0 ? ' of the year' : ''}`
  if (frequency === 'DAILY') return `a ${name}`
  return frequency === 'WEEKLY' || bySetPos.length > 0 ? name : `every ${name}`
}

function dateName(number: number): string {
  return number > 0 ? ordinal(number) : `${position(number)} day`
}

/** BYSETPOS: "last weekday", "third day out of Tuesday, Wednesday and Thursday". */
function positions(rule: Rule): string {
  const which = list(inOrder(rule.bySetPos).map(position))
  if (rule.byMonthDay.length === 0 && isMondayToFriday(rule.byDay)) return `${which} weekday`
  return `${which} day out of ${chosenDays(rule)}`
}

function daysOfStart({ frequency, byMonth, bySetPos }: Rule, start: Day): string {
  if (frequency === 'WEEKLY') return ` on ${WEEKDAY_NAMES[weekday(start)]}`
  if (frequency === 'DAILY' || bySetPos.length > 0) return ''
  const { month, date } = civil(dayNumber(start))
  return frequency === 'YEARLY' && byMonth.length === 0
    ? ` on ${date} ${MONTH_NAMES[month - 1]}`
    : ` on the ${ordinal(date)}`
}

function months({ byMonth, bySetPos, byDay, byMonthDay }: Rule): string {
  if (byMonth.length === 0) return ''
  const names = list(inOrder(byMonth).map((month) => MONTH_NAMES[month - 1] ?? ''))
  const alone = bySetPos.length > 0 && byDay.length + byMonthDay.length === 0
  return alone ? ` in the ${list(inOrder(bySetPos).map(position))} of ${names}` : ` in ${names}`
}

function ending({ count, until }: Rule): string {
  if (count !== undefined) return count === 1 ? ', once' : `, ${count} times`
  if (until === undefined) return ''
  const { year, month, date } = civil(dayNumber(until))
  return `, until ${date} ${MONTH_NAMES[month - 1]} ${year}`
}

/** 1 is "first", 20 "20th", -1 "last", -2 "second to last". */
function position(number: number): string {
  const size = Math.abs(number)
  const name = ['', 'first', 'second', 'third', 'fourth', 'fifth'][size] ?? ordinal(size)
  if (number > 0) return name
  return number === -1 ? 'last' : `${name} to last`
}

function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13
  return `${number}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`
}

function ordered(byDay: RuleWeekday[]): RuleWeekday[] {
  return byDay.toSorted((a, b) => fromFirst(a.number) - fromFirst(b.number) || a.weekday - b.weekday)
}

/** Orders 1, 2, ... before ..., -2, -1. */
function fromFirst(number: number): number {
  return number < 0 ? number + 1000 : number
}

function inOrder(numbers: number[]): number[] {
  return numbers.toSorted((a, b) => fromFirst(a) - fromFirst(b))
}

function list(items: string[], join = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${join} ${items.at(-1)}`
}
