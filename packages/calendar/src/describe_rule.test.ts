import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeRule } from './describe_rule.ts'
import { ruleText } from '../testing/oracles/rule_text.ts'
import { parseRule } from './parse_rule.ts'
import type { Rule } from './rule.ts'

function rule(text: string): Rule {
  const parsed = parseRule(text)
  if (!parsed.rule) throw new Error(parsed.problem.message)
  return parsed.rule
}

test.each([
  ['FREQ=DAILY', 'every day'],
  ['FREQ=DAILY;INTERVAL=3', 'every 3 days'],
  ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'every weekday'],
  ['FREQ=WEEKLY;BYDAY=FR,MO,TU,WE,TH', 'every weekday'],
  ['FREQ=DAILY;BYMONTH=1,2', 'every day in January and February'],
  ['FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13', 'every day that is a Friday and the 13th'],
  [
    'FREQ=DAILY;INTERVAL=5;BYDAY=FR,TU;BYMONTHDAY=-4',
    'every 5 days that is a Tuesday or a Friday and the fourth to last day',
  ],
  ['FREQ=WEEKLY', 'every week'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO', 'every 2 weeks on Monday and Thursday'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR', 'every 2 weeks on Monday, Tuesday, Wednesday, Thursday and Friday'],
  ['FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7,8', 'every week on Monday in June, July and August'],
  ['FREQ=MONTHLY', 'every month'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Friday'],
  ['FREQ=MONTHLY;BYDAY=1SU,-1SU', 'every month on the first Sunday and the last Sunday'],
  ['FREQ=MONTHLY;BYDAY=-2MO', 'every month on the second to last Monday'],
  ['FREQ=MONTHLY;BYDAY=TU', 'every month on every Tuesday'],
  ['FREQ=MONTHLY;BYMONTHDAY=1', 'every month on the 1st'],
  ['FREQ=MONTHLY;BYMONTHDAY=2,23,31', 'every month on the 2nd, the 23rd and the 31st'],
  ['FREQ=MONTHLY;BYMONTHDAY=11,12,13', 'every month on the 11th, the 12th and the 13th'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'every month on the last day'],
  ['FREQ=MONTHLY;BYMONTHDAY=15,-1', 'every month on the 15th and the last day'],
  ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'every month on every Friday that is the 13th'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'every month on the last weekday'],
  ['FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3', 'every month on the third day out of Tuesday, Wednesday and Thursday'],
  ['FREQ=YEARLY', 'every year'],
  ['FREQ=YEARLY;BYMONTH=6,7', 'every year in June and July'],
  ['FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24', 'every year on the 24th in December'],
  ['FREQ=YEARLY;BYDAY=20MO', 'every year on the 20th Monday of the year'],
  ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'every year on the fourth Thursday in November'],
  ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH', 'every year on every Thursday in March'],
  ['FREQ=YEARLY;BYMONTH=3,6;BYSETPOS=-1', 'every year in the last of March and June'],
  ['FREQ=DAILY;COUNT=1', 'every day, once'],
  ['FREQ=DAILY;COUNT=10', 'every day, 10 times'],
  ['FREQ=YEARLY;INTERVAL=2;UNTIL=19971224T000000Z', 'every 2 years, until 24 December 1997'],
])('%s is "%s"', (text, words) => {
  expect(describeRule(rule(text))).toBe(words)
})

test.each([
  ['FREQ=DAILY', 'every day'],
  ['FREQ=WEEKLY', 'every week on Saturday'],
  ['FREQ=WEEKLY;BYDAY=MO', 'every week on Monday'],
  ['FREQ=MONTHLY', 'every month on the 21st'],
  ['FREQ=MONTHLY;BYDAY=1MO', 'every month on the first Monday'],
  ['FREQ=YEARLY', 'every year on 21 November'],
  ['FREQ=YEARLY;BYMONTH=6,7', 'every year on the 21st in June and July'],
])('%s from Saturday, 21 November 2026 is "%s"', (text, words) => {
  expect(describeRule(rule(text), '2026-11-21')).toBe(words)
})

test('every random rule has a complete description', () => {
  fc.assert(
    fc.property(ruleText(), (text) => {
      expect(describeRule(rule(text), '2026-11-21')).toMatch(/^every [A-Za-z0-9, ]+$/)
      expect(describeRule(rule(text))).not.toMatch(/undefined|NaN| {2}|,,/)
    }),
    { numRuns: 500 },
  )
})
