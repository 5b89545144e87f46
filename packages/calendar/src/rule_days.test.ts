import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayNumber, dayText, type Day } from './day.ts'
import { ruleText } from '../testing/oracles/rule_text.ts'
import { parseRule } from './parse_rule.ts'
import type { Rule } from './rule.ts'
import { countDaysBefore, neverProblem, nextDay, previewDays } from './rule_days.ts'

function rule(text: string): Rule {
  const parsed = parseRule(text)
  if (!parsed.rule) throw new Error(`${text}: ${parsed.problem.message}`)
  return parsed.rule
}

function oracle(name: string): Buffer {
  return readFileSync(new URL(`../testing/oracles/${name}`, import.meta.url))
}

test('the 32 examples of RFC 5545, section 3.8.5.3, yield the days that it lists', () => {
  const examples: [string, Day, string][] = JSON.parse(oracle('rfc5545-examples.json').toString())
  expect(examples).toHaveLength(32)
  for (const [text, start, days] of examples)
    expect(previewDays(rule(text), start, days.split(' ').length).join(' '), `${text} from ${start}`).toBe(days)
})

test('2,500 random rules yield the same days as python-dateutil', () => {
  const rules: [string, Day, Day[], Day][] = JSON.parse(gunzipSync(oracle('rrule-dates.json.gz')).toString())
  expect(rules).toHaveLength(2500)
  for (const [text, start, days, last] of rules) {
    const got = previewDays(rule(text), start, 12).filter((day) => day <= last)
    expect(got, `${text} from ${start}`).toEqual(days)
  }
})

const aDay = fc.integer({ min: dayNumber('1950-01-01'), max: dayNumber('2100-12-31') }).map(dayText)

test('days increase strictly from the start, stay within UNTIL and COUNT, and match the BY parts', () => {
  fc.assert(
    fc.property(ruleText(), aDay, (text, start) => {
      const parsed = rule(text)
      const days = previewDays(parsed, start, 30)
      for (const [i, day] of days.entries()) {
        expect(day > (days[i - 1] ?? '') && day >= start && day <= (parsed.until ?? '9999-12-31'), day).toBe(true)
        expect(fits(parsed, day), day).toBe(true)
      }
      expect(days.length).toBeLessThanOrEqual(parsed.count ?? 30)
    }),
    { numRuns: 300 },
  )
})

test('the next day after any day is the one that follows it in the list', () => {
  fc.assert(
    fc.property(ruleText(), aDay, fc.integer({ min: -50, max: 20_000 }), (text, start, later) => {
      const parsed = rule(text)
      const days = previewDays(parsed, start, 25)
      const after = dayText(Math.max(dayNumber('1900-01-01'), dayNumber(start) + later))
      const next = days.find((day) => day > after)
      if (next !== undefined || days.length < 25) expect(nextDay(parsed, start, after)).toBe(next)
      for (const [i, day] of days.slice(0, -1).entries()) expect(nextDay(parsed, start, day)).toBe(days[i + 1])
    }),
    { numRuns: 300 },
  )
})

test('a rule with what is left of its COUNT has the same days from each of them on', () => {
  fc.assert(
    fc.property(ruleText(), aDay, fc.nat(9), (text, start, index) => {
      const days = previewDays(rule(text), start, 20)
      const day = days[index]
      if (day === undefined) return
      expect(countDaysBefore(rule(text), start, day)).toBe(index)
      const left = text.replace(/COUNT=(\d+)/, (_, count) => `COUNT=${Number(count) - index}`)
      expect(previewDays(rule(left), day, 20 - index)).toEqual(days.slice(index))
    }),
    { numRuns: 300 },
  )
})

test('the rules reported as never occurring are those without a day in 100 years', () => {
  fc.assert(
    fc.property(ruleText(), aDay, (text, start) => {
      const [first] = previewDays(rule(text), start, 1)
      const end = `${Number(start.slice(0, 4)) + 100}${start.slice(4)}`
      expect(neverProblem(rule(text), start) === undefined).toBe(first !== undefined && first <= end)
    }),
    { numRuns: 300 },
  )
})

/** Whether a day has the weekday, date and month of the rule, according to JavaScript's Date. */
function fits({ byDay, byMonthDay, byMonth, frequency }: Rule, day: Day): boolean {
  const date = new Date(day)
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const inYear = frequency === 'YEARLY' && byMonth.length === 0
  const number = inYear ? Math.round((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) : dayOfMonth - 1
  const last = (inYear ? Math.round((Date.UTC(year, 11, 31) - Date.UTC(year, 0, 1)) / 86_400_000) : length - 1) - number
  const weekday = (date.getUTCDay() + 6) % 7
  const numbers = [0, Math.floor(number / 7) + 1, -Math.floor(last / 7) - 1]
  return (
    (byMonth.length === 0 || byMonth.includes(month + 1)) &&
    (byMonthDay.length === 0 || byMonthDay.includes(dayOfMonth) || byMonthDay.includes(dayOfMonth - length - 1)) &&
    (byDay.length === 0 || byDay.some((wanted) => wanted.weekday === weekday && numbers.includes(wanted.number)))
  )
}

const edges: [string, Day, Day, Day | undefined, string][] = [
  ['FREQ=DAILY', '2026-11-21', '2020-01-01', '2026-11-21', 'the start is the first day, however early one asks'],
  ['FREQ=MONTHLY', '2026-01-31', '2026-01-31', '2026-03-31', '31 February does not exist'],
  ['FREQ=YEARLY', '2024-02-29', '2024-02-29', '2028-02-29', '29 February is left out of common years'],
  ['FREQ=YEARLY', '2096-02-29', '2096-02-29', '2104-02-29', '2100 is a common year'],
  ['FREQ=YEARLY;INTERVAL=3', '2024-02-29', '2024-02-29', '2036-02-29', 'every third year, if it is a leap year'],
  ['FREQ=YEARLY;INTERVAL=999', '2024-02-29', '2024-02-29', '6020-02-29', '3023 and 4022, 5021 are common years'],
  [
    'FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=29',
    '2026-11-21',
    '2026-11-21',
    '4024-02-29',
    '3025 is a common year',
  ],
  ['FREQ=DAILY;COUNT=3', '2026-11-21', '2026-11-23', undefined, 'COUNT has the start in it'],
  ['FREQ=DAILY;COUNT=3', '2026-11-21', '2026-11-22', '2026-11-23', 'the third of three'],
  [
    'FREQ=WEEKLY;BYDAY=MO;COUNT=1',
    '2026-11-21',
    '2026-11-21',
    '2026-11-23',
    'a start that does not fit does not count',
  ],
  ['FREQ=DAILY;UNTIL=20261122', '2026-11-21', '2026-11-21', '2026-11-22', 'UNTIL is inclusive'],
  ['FREQ=DAILY;UNTIL=20261122', '2026-11-21', '2026-11-22', undefined, 'nothing after UNTIL'],
  ['FREQ=DAILY;UNTIL=20261120', '2026-11-21', '2026-01-01', undefined, 'UNTIL before the start'],
  ['FREQ=DAILY', '2026-11-21', '9999-12-30', '9999-12-31', 'the last day there is'],
  ['FREQ=DAILY', '2026-11-21', '9999-12-31', undefined, 'no year 10000'],
  ['FREQ=WEEKLY;BYDAY=SA', '9999-12-27', '9999-12-27', undefined, 'the last Saturday lies before the start'],
  ['FREQ=YEARLY', '9999-06-01', '9999-06-01', undefined, 'no year 10000'],
  ['FREQ=MONTHLY;INTERVAL=999', '9950-01-01', '9950-01-01', undefined, '83 years on is after the year 9999'],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU',
    '2026-11-21',
    '2026-11-21',
    '2026-11-29',
    'the week began on 15 November',
  ],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', '2026-11-21', '2026-11-21', '2026-11-22', 'the week ends on 22 November'],
  ['FREQ=DAILY;INTERVAL=999', '1900-01-01', '1900-01-01', '1902-09-27', 'the longest interval'],
  ['FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1', '2026-11-21', '2026-11-29', '2026-12-27', 'the last day of a weekend'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1', '2026-11-21', '2026-11-21', '2026-12-01', 'the first weekday'],
  ['FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2,4', '2026-11-21', '2026-11-21', '2027-04-30', '30 February does not exist'],
  ['FREQ=YEARLY;BYDAY=53MO', '2026-11-21', '2026-11-21', '2029-12-31', 'a year with 53 Mondays'],
]

test.each(edges)('%s from %s, after %s: %s (%s)', (text, start, after, day) => {
  expect(nextDay(rule(text), start, after)).toBe(day)
})

test('an invalid day throws a RangeError', () => {
  expect(() => nextDay(rule('FREQ=DAILY'), '2026-02-30', '2026-01-01')).toThrow(RangeError)
  expect(() => nextDay(rule('FREQ=DAILY'), '2026-01-01', 'tomorrow')).toThrow(RangeError)
  expect(() => previewDays(rule('FREQ=DAILY'), '', 1)).toThrow(RangeError)
  expect(() => neverProblem(rule('FREQ=DAILY'), '10000-01-01')).toThrow(RangeError)
})

test('a preview has no more days than requested', () => {
  expect(previewDays(rule('FREQ=DAILY'), '2026-11-21', 0)).toEqual([])
  expect(previewDays(rule('FREQ=DAILY'), '2026-11-21', 2)).toEqual(['2026-11-21', '2026-11-22'])
  expect(previewDays(rule('FREQ=DAILY;UNTIL=20261121'), '2026-11-21', 5)).toEqual(['2026-11-21'])
})

const NEVER = { type: 'rule_never', message: 'This rule never comes true' }

test.each([
  ['FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2', '2026-11-21'],
  ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', '2026-11-21'],
  ['FREQ=DAILY;INTERVAL=997;BYMONTH=2;BYMONTHDAY=30', '2026-11-21'],
  ['FREQ=YEARLY;BYMONTH=5;BYSETPOS=3;BYMONTHDAY=3', '2026-11-21'],
  ['FREQ=MONTHLY;BYDAY=6MO', '2026-11-21'],
  ['FREQ=YEARLY;BYMONTH=3;BYDAY=20MO', '2026-11-21'],
  ['FREQ=DAILY;UNTIL=20261120', '2026-11-21'],
  ['FREQ=YEARLY;BYMONTH=1', '9999-02-01'],
  ['FREQ=YEARLY;INTERVAL=101;BYMONTH=1', '2026-11-21'],
  ['FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29', '2026-11-21'],
])('%s from %s never occurs', (text, start) => {
  expect(neverProblem(rule(text), start)).toEqual(NEVER)
})

test.each([
  ['FREQ=DAILY;COUNT=1', '9999-12-31'],
  ['FREQ=YEARLY;INTERVAL=999', '2024-02-29'],
  ['FREQ=YEARLY;INTERVAL=100;BYMONTH=1;BYMONTHDAY=1', '2026-01-02'],
  ['FREQ=YEARLY;INTERVAL=100;BYMONTHDAY=1;BYMONTH=1', '2026-01-01'],
  ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU', '2026-11-21'],
])('%s from %s occurs', (text, start) => {
  expect(neverProblem(rule(text), start)).toBeUndefined()
})

const ALL_MONTHS = '1,2,3,4,5,6,7,8,9,10,11,12'

/** Hostile rules: the parser rejects them, they never occur, or they take as much computing as a rule can. */
const hostile = [
  'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=5;BYSETPOS=3;BYMONTHDAY=3',
  'FREQ=SECONDLY;COUNT=1000000000',
  'FREQ=DAILY;INTERVAL=0',
  'FREQ=DAILY;INTERVAL=999999999',
  'FREQ=MONTHLY;BYMONTHDAY=32',
  'FREQ=DAILY;FREQ=DAILY',
  'FREQ=DAILY\nDTSTART:20260101',
  `FREQ=MONTHLY;BYDAY=${'MO,'.repeat(59)}MO`,
  `FREQ=YEARLY;BYDAY=${Array.from({ length: 40 }, (_, i) => `${i + 1}MO`).join(',')};BYSETPOS=41`,
  'FREQ=DAILY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=DAILY;COUNT=999;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
  'FREQ=DAILY;COUNT=999;BYMONTHDAY=31;BYDAY=MO',
  'FREQ=YEARLY;COUNT=999;BYDAY=53MO',
  `FREQ=YEARLY;COUNT=999;BYMONTH=${ALL_MONTHS};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366`,
  'FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=WEEKLY;INTERVAL=999;BYMONTH=2;BYDAY=MO;COUNT=999',
]

test.each(hostile)('%j takes less than 50 ms of CPU', (text) => {
  // The least of several runs: what the rule costs, and not what compiling the code does, or collecting garbage.
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    const { rule: parsed } = parseRule(text)
    if (parsed && !neverProblem(parsed, '2026-11-21')) nextDay(parsed, '2026-11-21', '9998-01-01')
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  expect(Math.min(...times)).toBeLessThan(50)
})
