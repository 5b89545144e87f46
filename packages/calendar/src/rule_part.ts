import { isDay } from './day.ts'
import { WEEKDAYS, type Frequency, type Rule, type RuleWeekday } from './rule.ts'

const FREQUENCIES: readonly Frequency[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']

/** Sets the value of a part in the rule; returns what is wrong with it, if anything. */
type Read = (rule: Rule, value: string) => string | undefined

const READERS = new Map<string, Read>([
  ['FREQ', readFrequency],
  ['INTERVAL', readInterval],
  ['COUNT', readCount],
  ['UNTIL', readUntil],
  ['BYDAY', readByDay],
  ['BYMONTHDAY', readByMonthDay],
  ['BYMONTH', readByMonth],
  ['BYSETPOS', readBySetPos],
  ['WKST', readWeekStart],
])

/** Why a part that exists elsewhere has no place in a rule. */
const UNSUPPORTED = new Map([
  ['BYHOUR', 'the time is due_time'],
  ['BYMINUTE', 'the time is due_time'],
  ['BYSECOND', 'the time is due_time'],
  ['DTSTART', 'the first day is start'],
  ['BYYEARDAY', 'use BYMONTH and BYMONTHDAY'],
  ['BYWEEKNO', 'use BYMONTH, BYDAY and BYSETPOS'],
])

/**
 * Reads one part, `NAME=VALUE` in capitals, into the rule and notes its name in `seen`. Returns what is wrong with it, if
 * anything.
 */
export function readRulePart(rule: Rule, part: string, seen: Set<string>): string | undefined {
  const equals = part.indexOf('=')
  const name = equals < 0 ? part : part.slice(0, equals)
  if (!/^[A-Z][A-Z\d-]{0,19}$/.test(name)) return 'A part must be NAME=VALUE, such as FREQ=DAILY'
  const read = READERS.get(name)
  if (!read) return `${name} is not supported${UNSUPPORTED.has(name) ? `: ${UNSUPPORTED.get(name)}` : ''}`
  if (seen.has(name)) return `${name} is given twice`
  seen.add(name)
  return read(rule, equals < 0 ? '' : part.slice(equals + 1))
}

function readFrequency(rule: Rule, value: string): string | undefined {
  const frequency = FREQUENCIES.find((known) => known === value)
  if (!frequency) return 'FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY'
  rule.frequency = frequency
  return undefined
}

function readInterval(rule: Rule, value: string): string | undefined {
  const interval = wholeNumber(value, 999)
  if (!interval) return 'INTERVAL must be a whole number from 1 to 999'
  rule.interval = interval
  return undefined
}

function readCount(rule: Rule, value: string): string | undefined {
  const count = wholeNumber(value, 999)
  if (!count) return 'COUNT must be a whole number from 1 to 999'
  rule.count = count
  return undefined
}

function readUntil(rule: Rule, value: string): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d|60)Z?)?$/.exec(value)
  if (!match) return 'UNTIL must be a date (YYYYMMDD)'
  const day = `${match[1]}-${match[2]}-${match[3]}`
  if (!isDay(day)) return 'UNTIL: there is no such day'
  rule.until = day
  return undefined
}

function readByDay(rule: Rule, value: string): string | undefined {
  const days = value.split(',').map(ruleWeekday)
  for (const day of days) {
    if (!day) return 'BYDAY must be weekdays such as MO,TH or, numbered up to 53, 1MO,-1FR'
    if (rule.byDay.some((other) => other.weekday === day.weekday && other.number === day.number))
      return `BYDAY names ${day.number === 0 ? '' : day.number}${WEEKDAYS[day.weekday]} twice`
    rule.byDay.push(day)
  }
  return undefined
}

function ruleWeekday(text: string): RuleWeekday | undefined {
  const match = /^(?:([+-]?)(\d{1,2}))?([A-Z]{2})$/.exec(text)
  const weekday = WEEKDAYS.indexOf(match?.[3] ?? '')
  if (!match || weekday < 0) return undefined
  if (match[2] === undefined) return { weekday, number: 0 }
  const number = wholeNumber(match[2], 53)
  return number === undefined ? undefined : { weekday, number: match[1] === '-' ? -number : number }
}

function readByMonthDay(rule: Rule, value: string): string | undefined {
  return readNumbers(rule.byMonthDay, value, { name: 'BYMONTHDAY', max: 31, signed: true })
}

function readByMonth(rule: Rule, value: string): string | undefined {
  return readNumbers(rule.byMonth, value, { name: 'BYMONTH', max: 12, signed: false })
}

function readBySetPos(rule: Rule, value: string): string | undefined {
  return readNumbers(rule.bySetPos, value, { name: 'BYSETPOS', max: 366, signed: true })
}

function readWeekStart(rule: Rule, value: string): string | undefined {
  const weekday = WEEKDAYS.indexOf(value)
  if (weekday < 0) return 'WKST must be MO, TU, WE, TH, FR, SA or SU'
  rule.weekStart = weekday
  return undefined
}

interface Numbers {
  name: string
  max: number
  signed: boolean
}

/** Adds the numbers of a list, each once, ±1..max or 1..max. */
function readNumbers(into: number[], value: string, { name, max, signed }: Numbers): string | undefined {
  for (const text of value.split(',')) {
    const sign = signed && /^[+-]/.test(text) ? text.charAt(0) : ''
    const size = wholeNumber(text.slice(sign.length), max)
    if (!size) return `${name} must be numbers from 1 to ${max}${signed ? ` or -${max} to -1` : ''}`
    const number = sign === '-' ? -size : size
    if (into.includes(number)) return `${name} names ${number} twice`
    into.push(number)
  }
  return undefined
}

/** A number of at most 3 digits from 1 to `max`. */
function wholeNumber(text: string, max: number): number | undefined {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= max ? number : undefined
}
