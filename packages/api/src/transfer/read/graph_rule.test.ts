import { expect, test } from 'vitest'
import { graphRule } from './graph_rule.ts'

const days = ['Monday', 'friday']

test.each([
  [{ type: 'daily', interval: 1 }, 'FREQ=DAILY'],
  [{ type: 'daily', interval: 3 }, 'FREQ=DAILY;INTERVAL=3'],
  [{ type: 'weekly', daysOfWeek: days }, 'FREQ=WEEKLY;BYDAY=MO,FR'],
  [{ type: 'weekly', daysOfWeek: ['someday', 7] }, 'FREQ=WEEKLY'],
  [{ type: 'absoluteMonthly', dayOfMonth: 15, month: 0 }, 'FREQ=MONTHLY;BYMONTHDAY=15'],
  [{ type: 'absoluteMonthly', dayOfMonth: 0 }, 'FREQ=MONTHLY'],
  [
    { type: 'absoluteYearly', dayOfMonth: 24, month: 12, interval: 2 },
    'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24;INTERVAL=2',
  ],
  [{ type: 'relativeMonthly', daysOfWeek: days, index: 'Second' }, 'FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=2'],
  [{ type: 'relativeMonthly', daysOfWeek: ['sunday'], index: 'last' }, 'FREQ=MONTHLY;BYDAY=SU;BYSETPOS=-1'],
  [{ type: 'relativeMonthly', daysOfWeek: ['sunday'] }, 'FREQ=MONTHLY;BYDAY=SU;BYSETPOS=1'],
  [
    { type: 'relativeYearly', daysOfWeek: days, month: 3, index: 'third' },
    'FREQ=YEARLY;BYMONTH=3;BYDAY=MO,FR;BYSETPOS=3',
  ],
])('the pattern %o is the rule %s', (pattern, rule) => {
  expect(graphRule({ pattern })).toEqual({ rule })
})

test.each([
  [{ type: 'noEnd' }, 'FREQ=DAILY'],
  [{ type: 'endDate', endDate: '2026-12-31' }, 'FREQ=DAILY;UNTIL=20261231'],
  [{ type: 'numbered', numberOfOccurrences: 5 }, 'FREQ=DAILY;COUNT=5'],
  [{ type: 'noEnd', endDate: '2026-12-31', numberOfOccurrences: 5 }, 'FREQ=DAILY'],
])('with the range %o it is %s', (range, rule) => {
  expect(graphRule({ pattern: { type: 'daily' }, range })).toEqual({ rule })
})

test.each([
  undefined,
  null,
  { pattern: { type: 'hourly' } },
  { pattern: { type: 'relativeMonthly', daysOfWeek: [] } },
  { pattern: { type: 'relativeYearly' } },
  { pattern: { type: 'weekly', daysOfWeek: Array(8).fill('monday') } },
])('%o has no rule', (value) => {
  expect(graphRule(value)).toBeUndefined()
})
