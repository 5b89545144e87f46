import { expect, test } from 'vitest'
import { emptyForm, formOf, ruleOf } from './rule_form.ts'

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

test('weekdays are of weekly rules only, and an end without a date is none', () => {
  expect(ruleOf({ ...emptyForm, weekdays: [4, 0] })).toBe('FREQ=WEEKLY;BYDAY=MO,FR')
  expect(ruleOf({ ...emptyForm, frequency: 'DAILY', weekdays: [4, 0] })).toBe('FREQ=DAILY')
  expect(ruleOf({ ...emptyForm, ends: 'until' })).toBe('FREQ=WEEKLY')
})
