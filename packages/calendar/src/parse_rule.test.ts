import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRule } from './parse_rule.ts'
import type { Rule } from './rule.ts'
import { ruleText } from '../testing/oracles/rule_text.ts'

const accepted: [string, string, Partial<Rule>][] = [
  ['FREQ=DAILY', 'FREQ=DAILY', { frequency: 'DAILY', interval: 1, weekStart: 0, byDay: [], byMonth: [] }],
  ['rrule:freq=weekly;byday=mo,th', 'FREQ=WEEKLY;BYDAY=MO,TH', { frequency: 'WEEKLY' }],
  ['RRULE:FREQ=YEARLY;INTERVAL=999', 'FREQ=YEARLY;INTERVAL=999', { interval: 999 }],
  ['COUNT=999;FREQ=DAILY', 'COUNT=999;FREQ=DAILY', { count: 999, until: undefined }],
  ['FREQ=DAILY;UNTIL=20261231', 'FREQ=DAILY;UNTIL=20261231', { until: '2026-12-31' }],
  ['FREQ=DAILY;UNTIL=20261231T235959Z', 'FREQ=DAILY;UNTIL=20261231', { until: '2026-12-31' }],
  ['FREQ=DAILY;UNTIL=20261231t000000', 'FREQ=DAILY;UNTIL=20261231', { until: '2026-12-31' }],
  ['FREQ=DAILY;UNTIL=20161231T235960Z', 'FREQ=DAILY;UNTIL=20161231', { until: '2016-12-31' }],
  [
    'FREQ=MONTHLY;BYDAY=MO,2TU,+3WE,-1FR',
    'FREQ=MONTHLY;BYDAY=MO,2TU,+3WE,-1FR',
    {
      byDay: [
        { weekday: 0, number: 0 },
        { weekday: 1, number: 2 },
        { weekday: 2, number: 3 },
        { weekday: 4, number: -1 },
      ],
    },
  ],
  ['FREQ=YEARLY;BYDAY=53SU,-53SU', 'FREQ=YEARLY;BYDAY=53SU,-53SU', {}],
  ['FREQ=MONTHLY;BYMONTHDAY=1,-1,+31,-31', 'FREQ=MONTHLY;BYMONTHDAY=1,-1,+31,-31', { byMonthDay: [1, -1, 31, -31] }],
  ['FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR', 'FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR', { byMonthDay: [13] }],
  ['FREQ=YEARLY;BYMONTH=12,01', 'FREQ=YEARLY;BYMONTH=12,01', { byMonth: [12, 1] }],
  ['FREQ=YEARLY;BYMONTH=5;BYSETPOS=366,-366', 'FREQ=YEARLY;BYMONTH=5;BYSETPOS=366,-366', { bySetPos: [366, -366] }],
  ['FREQ=WEEKLY;WKST=SU;INTERVAL=002', 'FREQ=WEEKLY;WKST=SU;INTERVAL=002', { weekStart: 6, interval: 2 }],
]

test.each(accepted)('%s is stored as %s', (text, stored, fields) => {
  const { rule } = parseRule(text)
  expect(rule).toMatchObject({ text: stored, ...fields })
})

const LETTERS = 'A rule has only letters, digits and ; = , + - without blanks'
const LINE = 'A rule is one line: its first day is start, other lines are not supported'
const NAME_VALUE = 'A part must be NAME=VALUE, such as FREQ=DAILY'
const FREQ = 'FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY'
const FREQ_MISSING = 'FREQ is missing: DAILY, WEEKLY, MONTHLY or YEARLY'
const INTERVAL = 'INTERVAL must be a whole number from 1 to 999'
const COUNT = 'COUNT must be a whole number from 1 to 999'
const UNTIL = 'UNTIL must be a date (YYYYMMDD)'
const BYDAY = 'BYDAY must be weekdays such as MO,TH or, numbered up to 53, 1MO,-1FR'
const BYMONTHDAY = 'BYMONTHDAY must be numbers from 1 to 31 or -31 to -1'
const BYMONTH = 'BYMONTH must be numbers from 1 to 12'
const BYSETPOS = 'BYSETPOS must be numbers from 1 to 366 or -366 to -1'

const rejected: [string, string][] = [
  ['', FREQ_MISSING],
  ['RRULE:', FREQ_MISSING],
  ['INTERVAL=2', FREQ_MISSING],
  ['FREQ', FREQ],
  ['FREQ=', FREQ],
  ['FREQ=HOURLY', FREQ],
  ['FREQ=SECONDLY;COUNT=1000000000', FREQ],
  ['FREQ=DAILY,WEEKLY', FREQ],
  ['FREQ=DAILY=WEEKLY', FREQ],
  ['FREQ=DAILY;', NAME_VALUE],
  [';FREQ=DAILY', NAME_VALUE],
  ['FREQ=DAILY;;COUNT=2', NAME_VALUE],
  ['RRULE:RRULE:FREQ=DAILY', NAME_VALUE],
  ['every day', LETTERS],
  ['FREQ=DAILY; COUNT=2', LETTERS],
  [' FREQ=DAILY', LETTERS],
  ['FREQ=DAıLY', LETTERS],
  ['FREQ=DAILY\u0000', LETTERS],
  ['FREQ=DAILY\nDTSTART:20260101', LINE],
  ['DTSTART:20260101\r\nRRULE:FREQ=DAILY', LINE],
  ['FREQ=DAILY\n', LINE],
  ['FREQ=DAILY;DTSTART=20260101', 'DTSTART is not supported: the first day is start'],
  ['FREQ=DAILY;INTERVAL=0', INTERVAL],
  ['FREQ=DAILY;INTERVAL=1000', INTERVAL],
  ['FREQ=DAILY;INTERVAL=999999999', INTERVAL],
  ['FREQ=DAILY;INTERVAL=-1', INTERVAL],
  ['FREQ=DAILY;INTERVAL=1.5', INTERVAL],
  ['FREQ=DAILY;INTERVAL=', INTERVAL],
  ['FREQ=DAILY;COUNT=0', COUNT],
  ['FREQ=DAILY;COUNT=1000', COUNT],
  ['FREQ=DAILY;COUNT=1E2', COUNT],
  ['FREQ=DAILY;COUNT=0X1', COUNT],
  ['FREQ=DAILY;COUNT=3;UNTIL=20261231', 'COUNT and UNTIL cannot be combined'],
  ['FREQ=DAILY;UNTIL=2026-12-31', UNTIL],
  ['FREQ=DAILY;UNTIL=20261231T', UNTIL],
  ['FREQ=DAILY;UNTIL=20261231T240000Z', UNTIL],
  ['FREQ=DAILY;UNTIL=20261231T235959+0200', UNTIL],
  ['FREQ=DAILY;UNTIL=20260230', 'UNTIL: there is no such day'],
  ['FREQ=DAILY;UNTIL=00000101', 'UNTIL: there is no such day'],
  ['FREQ=WEEKLY;BYDAY=', BYDAY],
  ['FREQ=WEEKLY;BYDAY=MO,', BYDAY],
  ['FREQ=WEEKLY;BYDAY=MO,,TU', BYDAY],
  ['FREQ=WEEKLY;BYDAY=XX', BYDAY],
  ['FREQ=MONTHLY;BYDAY=0MO', BYDAY],
  ['FREQ=MONTHLY;BYDAY=54MO', BYDAY],
  ['FREQ=MONTHLY;BYDAY=-MO', BYDAY],
  ['FREQ=MONTHLY;BYDAY=--1MO', BYDAY],
  ['FREQ=MONTHLY;BYDAY=1', BYDAY],
  ['FREQ=WEEKLY;BYDAY=MO,TU,MO', 'BYDAY names MO twice'],
  ['FREQ=MONTHLY;BYDAY=2MO,+2MO', 'BYDAY names 2MO twice'],
  [`FREQ=WEEKLY;BYDAY=${'MO,'.repeat(59)}MO`, 'BYDAY names MO twice'],
  [`FREQ=WEEKLY;BYDAY=${'MO,'.repeat(66)}MO`, 'A rule has at most 200 characters'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY may be numbered only with FREQ=MONTHLY or YEARLY'],
  ['FREQ=DAILY;BYDAY=-1MO', 'BYDAY may be numbered only with FREQ=MONTHLY or YEARLY'],
  ['FREQ=MONTHLY;BYMONTHDAY=32', BYMONTHDAY],
  ['FREQ=MONTHLY;BYMONTHDAY=0', BYMONTHDAY],
  ['FREQ=MONTHLY;BYMONTHDAY=-32', BYMONTHDAY],
  ['FREQ=MONTHLY;BYMONTHDAY=', BYMONTHDAY],
  ['FREQ=MONTHLY;BYMONTHDAY=1,2,1', 'BYMONTHDAY names 1 twice'],
  ['FREQ=WEEKLY;BYMONTHDAY=3', 'BYMONTHDAY is not supported with FREQ=WEEKLY'],
  ['FREQ=YEARLY;BYMONTH=13', BYMONTH],
  ['FREQ=YEARLY;BYMONTH=0', BYMONTH],
  ['FREQ=YEARLY;BYMONTH=-1', BYMONTH],
  ['FREQ=YEARLY;BYMONTH=JAN', BYMONTH],
  ['FREQ=YEARLY;BYMONTH=1;BYSETPOS=0', BYSETPOS],
  ['FREQ=YEARLY;BYMONTH=1;BYSETPOS=367', BYSETPOS],
  ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH'],
  ['FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1', 'BYSETPOS is supported only with FREQ=MONTHLY or YEARLY'],
  ['FREQ=DAILY;BYDAY=MO;BYSETPOS=1', 'BYSETPOS is supported only with FREQ=MONTHLY or YEARLY'],
  ['FREQ=WEEKLY;WKST=1', 'WKST must be MO, TU, WE, TH, FR, SA or SU'],
  ['FREQ=DAILY;BYHOUR=9', 'BYHOUR is not supported: the time is due_time'],
  ['FREQ=DAILY;BYMINUTE=0', 'BYMINUTE is not supported: the time is due_time'],
  ['FREQ=DAILY;BYSECOND=0', 'BYSECOND is not supported: the time is due_time'],
  ['FREQ=YEARLY;BYYEARDAY=100', 'BYYEARDAY is not supported: use BYMONTH and BYMONTHDAY'],
  ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO is not supported: use BYMONTH, BYDAY and BYSETPOS'],
  ['FREQ=MONTHLY;RSCALE=GREGORIAN', 'RSCALE is not supported'],
  ['FREQ=MONTHLY;SKIP=BACKWARD', 'SKIP is not supported'],
  ['FREQ=DAILY;X-NAME=1', 'X-NAME is not supported'],
  ['FREQ=DAILY;FREQ=DAILY', 'FREQ is given twice'],
  ['FREQ=WEEKLY;BYDAY=MO;BYDAY=TU', 'BYDAY is given twice'],
  ['FREQ=DAILY;interval=1;INTERVAL=2', 'INTERVAL is given twice'],
  ['FREQ=DAILY;__PROTO__=1', NAME_VALUE],
  ['FREQ=DAILY;CONSTRUCTOR=1', 'CONSTRUCTOR is not supported'],
]

test.each(rejected)('%j is rejected: %s', (text, message) => {
  expect(parseRule(text)).toEqual({ problem: { type: 'rule_invalid', message } })
})

test('a rule of 200 characters is accepted, one of 201 is not', () => {
  const days = Array.from({ length: 34 }, (_, i) => `${i + 1}MO`).join(',')
  const text = `FREQ=YEARLY;INTERVAL=10;BYMONTH=1;BYDAY=${days}`
  expect(text).toHaveLength(200)
  expect(parseRule(text).rule?.byDay).toHaveLength(34)
  expect(parseRule(text.replace('INTERVAL=10', 'INTERVAL=100')).problem?.message).toBe(
    'A rule has at most 200 characters',
  )
})

test("the tests' random rules cover every part", () => {
  const rules = fc.sample(ruleText(), 500).join('\n')
  for (const part of 'INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYMONTH BYSETPOS WKST'.split(' '))
    expect(rules).toContain(`;${part}=`)
})

test('the text of a rule parses to the same rule, in upper or lower case and with the prefix RRULE:', () => {
  fc.assert(
    fc.property(ruleText(), (text) => {
      const { rule } = parseRule(text)
      expect(rule?.text).toBe(text)
      expect(parseRule(`rrule:${text.toLowerCase()}`).rule).toEqual(rule)
    }),
    { numRuns: 500 },
  )
})

test('parsing any text returns a rule or a message', () => {
  const fragment = fc.constantFrom(
    ...'FREQ= DAILY; BYDAY= MO , - 1 BYSETPOS= UNTIL= 20261231 T ; = \n é ı \0 \ud800'.split(' '),
  )
  const text = fc.oneof(
    fc.string({ maxLength: 210 }),
    fc.array(fragment).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseRule(written)
      expect(parsed.rule?.text ?? parsed.problem?.message).toMatch(/^[A-Z]/)
    }),
    { numRuns: 500 },
  )
})
