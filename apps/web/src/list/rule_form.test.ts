import { expect, test } from 'vitest'
import { emptyForm, formOf, isComplete, ruleOf } from './rule_form.ts'

test.each([
  'FREQ=DAILY',
  'FREQ=DAILY;INTERVAL=3',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
  'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261224',
  'FREQ=MONTHLY;COUNT=12',
  'FREQ=YEARLY',
])('%s is shown in the form, which makes the same rule', (rule) => {
  const form = formOf(rule)
  expect(form && ruleOf(form)).toBe(rule)
})

test.each(['FREQ=MONTHLY;BYDAY=-1FR', 'FREQ=MONTHLY;BYMONTHDAY=15', 'FREQ=DAILY;BYDAY=MO', 'FREQ=HOURLY', ''])(
  '“%s” has parts that the form does not have',
  (rule) => expect(formOf(rule)).toBeUndefined(),
)

test('weekdays are of weekly rules only', () => {
  expect(ruleOf({ ...emptyForm, weekdays: [4, 0] })).toBe('FREQ=WEEKLY;BYDAY=MO,FR')
  expect(ruleOf({ ...emptyForm, frequency: 'DAILY', weekdays: [4, 0] })).toBe('FREQ=DAILY')
})

test.each([
  ['', false],
  ['0002-12-24', false],
  ['2026-12-24', true],
])('a form that ends on “%s” is complete: %s', (until, expected) => {
  expect(isComplete({ ...emptyForm, ends: 'until', until })).toBe(expected)
  expect(isComplete({ ...emptyForm, ends: 'count', until })).toBe(true)
})
