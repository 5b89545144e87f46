import { describe, expect, test } from 'vitest'
import type { Day } from './day.ts'
import { nextOccurrence, type RecurrenceMode } from './next_occurrence.ts'
import { parseRule } from './parse_rule.ts'
import type { Rule } from './rule.ts'
import { firstDayNotBefore, today } from './zone.ts'

/**
 * One case per line: mode, rule without FREQ=, `from` its start, `at` the occurrence (else the start), `number` (else 1),
 * `done` on a day, `earliest` (else that day): the next occurrence, the reason. 21 November 2026 is a Saturday.
 */
const CASES = `
# upcoming: after the occurrence
upcoming DAILY from 2026-11-21 done 2026-11-21: 2026-11-22, done on its day
upcoming DAILY from 2026-11-21 done 2026-11-20: 2026-11-22, done a day early, not its own day again
upcoming DAILY from 2026-11-21 done 2026-11-25: 2026-11-25, done late: the days missed are gone, today is open
upcoming DAILY from 2026-11-21 done 2026-11-25 earliest 2026-11-26: 2026-11-26, done late, and its time has passed today
upcoming DAILY from 2026-11-21 done 2026-11-21 earliest 2026-11-22: 2026-11-22, done on its day after its time
upcoming MONTHLY from 2026-10-31 done 2026-10-30: 2026-12-31, due 31st, done 30th: next month that has a 31st
upcoming MONTHLY from 2026-10-30 done 2026-10-29: 2026-11-30, due 30th, done 29th: next month, not the next day
upcoming MONTHLY;BYMONTHDAY=31 from 2026-10-31 done 2026-10-30: 2026-12-31, as above, said by the rule
upcoming MONTHLY;BYMONTHDAY=-1 from 2026-10-31 done 2026-10-30: 2026-11-30, the last day of every month
upcoming MONTHLY from 2026-01-31 done 2026-01-31: 2026-03-31, February has no 31st
upcoming MONTHLY from 2026-01-15 done 2026-06-20: 2026-07-15, half a year late: one task, the next 15th
upcoming MONTHLY from 2026-01-15 done 2026-06-15: 2026-06-15, late, on a day of the rule: that day is still to come
upcoming WEEKLY from 2026-11-21 done 2026-11-21: 2026-11-28, the weekday of the start
upcoming WEEKLY;BYDAY=MO,TH from 2026-11-19 done 2026-11-19: 2026-11-23, Thursday, then Monday
upcoming WEEKLY;BYDAY=MO,TH from 2026-11-19 done 2026-11-24: 2026-11-26, Monday was missed
upcoming WEEKLY;INTERVAL=2 from 2026-11-07 done 2026-11-21: 2026-11-21, two weeks late is the day of the next
upcoming WEEKLY;INTERVAL=2 from 2026-11-07 done 2026-11-22: 2026-12-05, the rhythm of the start, 7, 21, 5
upcoming WEEKLY;INTERVAL=2 from 2026-11-07 done 2026-11-15: 2026-11-21, a week late keeps the rhythm
# upcoming: an occurrence that was moved (only the due date moves, the occurrence stays)
upcoming WEEKLY;INTERVAL=2 from 2026-11-07 at 2026-11-21 number 2 done 2026-11-24: 2026-12-05, moved from 21 to 24: the rhythm stays
upcoming WEEKLY;INTERVAL=2 from 2026-11-07 at 2026-11-21 number 2 done 2026-11-18: 2026-12-05, moved from 21 to 18 and done: not the 21st again
upcoming MONTHLY from 2026-10-31 done 2026-10-28: 2026-12-31, moved earlier and completed: not that day again
upcoming DAILY from 2026-11-21 done 2026-11-23: 2026-11-23, moved from 21 to 25, done on 23: the rule goes on from its own day
upcoming WEEKLY from 2026-11-02 done 2026-11-10: 2026-11-16, moved over the next occurrence, which has passed
# upcoming: leap days, weekdays, positions
upcoming YEARLY from 2024-02-29 done 2024-02-29: 2028-02-29, 29 February only in leap years
upcoming YEARLY;BYMONTH=2;BYMONTHDAY=-1 from 2024-02-29 done 2024-02-29: 2025-02-28, the last of February
upcoming YEARLY from 2026-03-01 done 2026-02-28: 2027-03-01, a birthday done the day before
upcoming WEEKLY;BYDAY=MO,TU,WE,TH,FR from 2026-11-20 done 2026-11-20: 2026-11-23, Friday, then Monday
upcoming WEEKLY;BYDAY=MO,TU,WE,TH,FR from 2026-11-19 done 2026-11-21: 2026-11-23, done on a Saturday
upcoming MONTHLY;BYDAY=-1FR from 2026-10-30 done 2026-10-30: 2026-11-27, the last Friday
upcoming MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 from 2026-10-30 done 2026-11-01: 2026-11-30, the last weekday
upcoming MONTHLY;BYMONTHDAY=15,30 from 2026-01-30 done 2026-01-30: 2026-02-15, February has no 30th but a 15th
# upcoming: the start and the ends of a rule
upcoming WEEKLY;BYDAY=MO from 2027-01-01 at 2026-11-21 done 2026-11-21: 2027-01-04, a start after the occurrence: nothing before it
upcoming WEEKLY;BYDAY=MO from 2026-11-21 done 2026-11-21: 2026-11-23, the first task fell on no day of the rule
upcoming DAILY;INTERVAL=3 from 2026-11-01 at 2026-11-16 number 6 done 2026-11-21: 2026-11-22, every third day from the start: 16, 19, 22
upcoming DAILY;COUNT=3 from 2026-11-21 at 2026-11-22 number 2 done 2026-11-22: 2026-11-23, the third of three
upcoming DAILY;COUNT=3 from 2026-11-21 at 2026-11-23 number 3 done 2026-11-23: ended, three of three
upcoming DAILY;COUNT=3 from 2026-11-21 done 2026-11-30: ended, COUNT counts days: all three have passed
upcoming DAILY;COUNT=10 from 2026-11-21 number 10 done 2026-11-21: 2026-11-22, COUNT does not count tasks here
upcoming WEEKLY;BYDAY=MO;COUNT=1 from 2026-11-21 done 2026-11-21: 2026-11-23, a start that does not fit is not counted
upcoming DAILY;UNTIL=20261122 from 2026-11-21 done 2026-11-21: 2026-11-22, UNTIL is inclusive
upcoming DAILY;UNTIL=20261122 from 2026-11-21 at 2026-11-22 done 2026-11-22: ended, the last day of UNTIL is done
upcoming DAILY;UNTIL=20261122 from 2026-11-21 done 2026-11-23: ended, done after UNTIL
upcoming DAILY from 9999-12-31 done 2026-11-21: ended, no year 10000
upcoming YEARLY from 9998-12-31 done 9998-12-31: 9999-12-31, the last day there is
upcoming DAILY from 1900-01-01 done 1900-01-01: 1900-01-02, the first day there is
# each: every day of the rule, past ones too
each DAILY from 2026-11-21 done 2026-11-25: 2026-11-22, four days late: the first missed day
each DAILY from 2026-11-21 done 2026-11-20: 2026-11-22, done early
each DAILY from 2026-11-21 done 2026-11-21 earliest 2026-11-22: 2026-11-22, the time of day does not matter
each MONTHLY from 2026-01-31 done 2026-11-21: 2026-03-31, the first 31st after it
each WEEKLY;INTERVAL=2 from 2026-11-07 done 2026-12-30: 2026-11-21, rent is owed for every second week
each WEEKLY;INTERVAL=2 from 2026-11-07 at 2026-11-21 number 2 done 2026-11-18: 2026-12-05, moved earlier and done: not that day again
each DAILY;COUNT=2 from 2026-11-21 done 2026-12-21: 2026-11-22, the second of two, however late
each DAILY;COUNT=2 from 2026-11-21 at 2026-11-22 number 2 done 2026-11-22: ended, two of two
each DAILY;UNTIL=20261122 from 2026-11-21 done 2027-01-01: 2026-11-22, a missed day within UNTIL
each DAILY;UNTIL=20261122 from 2026-11-21 at 2026-11-22 done 2026-11-22: ended, nothing after UNTIL
each YEARLY from 2024-02-29 done 2026-11-21: 2028-02-29, 29 February only in leap years
# completion: counted from the day of completion
completion DAILY from 2026-11-21 done 2026-11-25: 2026-11-26, the day after it was done
completion DAILY;INTERVAL=3 from 2026-11-21 done 2026-11-20: 2026-11-23, done early: three days from then
completion DAILY;INTERVAL=3 from 2026-11-21 done 2026-12-01: 2026-12-04, done late: three days from then
completion WEEKLY from 2026-11-21 done 2026-11-24: 2026-12-01, a week after it was done
completion WEEKLY;INTERVAL=2 from 2026-11-07 at 2026-11-21 done 2026-11-24: 2026-12-08, two weeks after it was done
completion WEEKLY;BYDAY=MO from 2026-11-02 done 2026-11-23: 2026-11-30, done on a Monday: that day is excluded
completion WEEKLY;BYDAY=MO from 2026-11-02 done 2026-11-24: 2026-11-30, done on a Tuesday: the next Monday
completion WEEKLY;INTERVAL=2;BYDAY=MO from 2026-11-02 done 2026-11-24: 2026-12-07, every second week, counted from that of the completion
completion MONTHLY from 2026-11-21 done 2026-01-31: 2026-02-28, February has no 31st: its last day
completion MONTHLY from 2026-11-21 done 2028-01-30: 2028-02-29, the last day of a February in a leap year
completion MONTHLY from 2026-01-31 at 2026-02-28 number 2 done 2026-02-28: 2026-03-28, from the 28th: the 28th
completion MONTHLY;INTERVAL=3 from 2026-01-01 done 2026-11-30: 2027-02-28, over the end of the year, in a shorter month
completion MONTHLY;BYMONTHDAY=31 from 2026-01-31 done 2026-01-31: 2026-03-31, with a BY part days that do not exist are left out
completion MONTHLY;BYMONTH=1,2,3 from 2026-01-31 done 2026-01-31: 2026-03-31, BYMONTH is a BY part
completion MONTHLY;BYDAY=1MO from 2026-11-02 done 2026-11-21: 2026-12-07, the first Monday after it was done
completion YEARLY from 2024-02-29 done 2024-02-29: 2025-02-28, a February without a 29th: its last day
completion YEARLY;INTERVAL=4 from 2024-02-29 done 2024-02-29: 2028-02-29, four years on there is a 29th
completion YEARLY;BYMONTH=2;BYMONTHDAY=29 from 2024-02-29 done 2026-11-21: 2028-02-29, with BY parts only the day itself
completion DAILY;COUNT=3 from 2026-11-21 number 2 done 2027-06-01: 2027-06-02, COUNT counts tasks: the third follows, however late
completion DAILY;COUNT=3 from 2026-11-21 number 3 done 2026-11-21: ended, three of three tasks
completion WEEKLY;BYDAY=MO;COUNT=2 from 2026-11-02 done 2026-11-23: 2026-11-30, COUNT does not count the rule's days here
completion DAILY;UNTIL=20261122 from 2026-11-21 done 2026-11-21: 2026-11-22, UNTIL is inclusive
completion MONTHLY;UNTIL=20270228 from 2026-01-31 done 2027-01-31: 2027-02-28, UNTIL is inclusive for a day moved to the end of the month
completion MONTHLY;UNTIL=20270227 from 2026-01-31 done 2027-01-31: ended, a day too late
completion WEEKLY;UNTIL=20261122 from 2026-11-21 done 2026-11-21: ended, a week on is after UNTIL
completion YEARLY from 9999-01-01 done 9999-01-01: ended, no year 10000
completion MONTHLY;INTERVAL=999 from 9999-01-01 done 9950-01-01: ended, 83 years on is after the year 9999
completion MONTHLY;INTERVAL=12;BYMONTHDAY=31 from 2026-01-31 done 2026-02-03: ended, every twelfth month from a February on has no 31st
`

const cases = CASES.split('\n').filter((line) => /^[a-z]/.test(line))

test('there are enough cases', () => {
  expect(cases.length).toBeGreaterThan(80)
})

test.each(cases)('%s', (line) => {
  const [given = '', result = ''] = line.split(': ')
  const [next = '', text = ''] = given.split(' ')
  const said = new Map(
    [...given.matchAll(/(from|at|number|done|earliest) (\S+)/g)].map((match) => [match[1], match[2]]),
  )
  const start = said.get('from') ?? ''
  const number = Number(said.get('number') ?? 1)
  const done = said.get('done') ?? ''
  const [is = ''] = result.split(', ')
  const got = nextOccurrence(
    { rule: rule(`FREQ=${text}`), next: mode(next), start, occurrence: said.get('at') ?? start, number },
    { today: done, earliest: said.get('earliest') ?? done },
  )
  expect(got).toEqual(is === 'ended' ? undefined : { occurrence: is, number: number + 1 })
})

function rule(text: string): Rule {
  const parsed = parseRule(text)
  if (!parsed.rule) throw new Error(parsed.problem.message)
  return parsed.rule
}

function mode(text: string): RecurrenceMode {
  if (text === 'upcoming' || text === 'each' || text === 'completion') return text
  throw new Error(`No such mode: ${text}`)
}

/** Zone, due time, moment of completion, mode, next day of FREQ=DAILY from 21 November 2026, reason. */
const completions: [string, string | undefined, string, RecurrenceMode, Day, string][] = [
  ['America/Los_Angeles', undefined, '2026-11-26T07:30:00Z', 'upcoming', '2026-11-25', 'it is still the 25th there'],
  ['Asia/Kathmandu', undefined, '2026-11-25T18:30:00Z', 'upcoming', '2026-11-26', 'it is 00:15 of the 26th there'],
  ['Asia/Kathmandu', '17:00', '2026-11-25T11:15:00Z', 'upcoming', '2026-11-25', 'it is 17:00 sharp, not after it'],
  ['Asia/Kathmandu', '17:00', '2026-11-25T11:15:00.001Z', 'upcoming', '2026-11-26', 'it is after 17:00'],
  [
    'Pacific/Kiritimati',
    '00:00',
    '2026-11-25T10:00:00.001Z',
    'upcoming',
    '2026-11-27',
    'midnight of the 26th has passed there',
  ],
  [
    'Europe/Berlin',
    undefined,
    '2027-03-27T23:30:00Z',
    'completion',
    '2027-03-29',
    'done at 00:30 on the day that clocks go forward',
  ],
  [
    'Europe/Berlin',
    '02:30',
    '2027-03-28T01:10:00Z',
    'upcoming',
    '2027-03-28',
    '02:30 is skipped and means 03:30, which is to come',
  ],
  [
    'Europe/Berlin',
    '02:30',
    '2027-10-31T01:10:00Z',
    'upcoming',
    '2027-11-01',
    'it is 02:10 for the second time, 02:30 was in the first',
  ],
  ['Australia/Sydney', '02:30', '2027-10-02T16:10:00Z', 'upcoming', '2027-10-03', 'the gap of the other hemisphere'],
  [
    'Australia/Sydney',
    undefined,
    '2027-04-03T13:30:00Z',
    'completion',
    '2027-04-05',
    'done at 00:30 on the day that clocks go back',
  ],
]

describe('completion at a moment', () => {
  test.each(completions)('in %s, due at %s, at %s: %s is %s, %s', (zone, time, now, next, is) => {
    const at = { today: today(zone, new Date(now)), earliest: firstDayNotBefore(new Date(now), zone, time) }
    const recurrence = { rule: rule('FREQ=DAILY'), next, start: '2026-11-21', occurrence: '2026-11-21', number: 1 }
    expect(nextOccurrence(recurrence, at)?.occurrence).toBe(is)
  })
})
