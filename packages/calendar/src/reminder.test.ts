import { expect, test } from 'vitest'
import {
  isRelativeReminder,
  isReminder,
  moveDates,
  parseDuration,
  reminderInstants,
  type Reminding,
} from './reminder.ts'

test.each([
  ['PT0S', 0, 0],
  ['PT0M', 0, 0],
  ['P0D', 0, 0],
  ['PT30M', 0, 30],
  ['PT90M', 0, 90],
  ['PT1H', 0, 60],
  ['PT1H30M', 0, 90],
  ['PT05M', 0, 5],
  ['P1D', 1, 0],
  ['P1DT12H', 1, 720],
  ['P1DT1H1M', 1, 61],
  ['P1W', 7, 0],
  ['P4W', 28, 0],
  ['P28D', 28, 0],
  ['P27DT24H', 27, 1440],
  ['PT672H', 0, 40_320],
  ['PT40320M', 0, 40_320],
])('%s is %i days and %i minutes', (text, days, minutes) => {
  expect(parseDuration(text)).toEqual({ days, minutes })
  expect(isReminder(text) && isRelativeReminder(text)).toBe(true)
})

const noDuration =
  'P PT P1DT 1D D1 P1 PT1 P1.5D PT1.5H -PT30M +PT30M -P1D p1d PT30m PT30S PT1M30S P1M P1Y P1W2D P1WT1H PT1M1H P1D1D T30M'
const tooLong = 'P29D P5W PT673H PT40321M P28DT1M P99999D PT99999M P100000D PT0000001M'

test.each(['', ' PT30M', 'PT30M\n', 'PT٣M', ...noDuration.split(' '), ...tooLong.split(' ')])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
    expect(isReminder(text)).toBe(false)
  },
)

test('a local time is a reminder that is not relative to the due time', () => {
  expect(isReminder('2026-12-01T08:00')).toBe(true)
  expect(isRelativeReminder('2026-12-01T08:00')).toBe(false)
})

test.each([
  '2026-12-01',
  '2026-12-01T24:00',
  '2026-02-30T08:00',
  '2026-12-01T08:00:00',
  '2026-12-01T08:00Z',
  '2026-12-01 08:00',
  '2026-12-01T8:00',
  '1899-12-31T08:00',
  '2026-12-01T08:00+01:00',
  '2026-12-01T08:00\n',
])('%j is not a reminder', (text) => {
  expect(isReminder(text)).toBe(false)
})

const task: Reminding = { due_date: '2026-11-21', due_time: '17:00', due_zone: 'Europe/Berlin', reminders: [] }
const settings = { time_zone: 'Asia/Kathmandu', remind_time: '09:00' }

const table: [Partial<Reminding>, string, string, string][] = [
  [{}, 'PT0S', '2026-11-21T16:00', 'at the due time'],
  [{}, 'PT30M', '2026-11-21T15:30', 'half an hour before'],
  [{}, 'P1D', '2026-11-20T16:00', 'the day before at 17:00'],
  [{}, 'P1W', '2026-11-14T16:00', 'a week before at 17:00'],
  [{}, 'P1DT1H', '2026-11-20T15:00', 'the day before at 16:00'],
  [{ due_date: '2027-03-28' }, 'P1D', '2027-03-27T16:00', 'the clocks go forward: 17:00 the day before, 23 hours'],
  [{ due_date: '2027-03-28' }, 'PT24H', '2027-03-27T15:00', 'the clocks go forward: 24 hours, at 16:00'],
  [{ due_date: '2027-10-31' }, 'P1D', '2027-10-30T15:00', 'the clocks go back: 17:00 the day before, 25 hours'],
  [{ due_date: '2027-10-31' }, 'PT24H', '2027-10-30T16:00', 'the clocks go back: 24 hours, at 18:00'],
  [{ due_date: '2027-03-29', due_time: '02:30' }, 'P1D', '2027-03-28T01:30', '02:30 is skipped the day before: 03:30'],
  [{ due_zone: null }, 'PT0S', '2026-11-21T11:15', 'a floating time is in the zone of the user'],
  [{ due_time: null, due_zone: null }, 'PT0S', '2026-11-21T03:15', 'a task without a time is due at remind_time'],
  [{ due_time: null, due_zone: null }, 'P1D', '2026-11-20T03:15', 'the day before at remind_time'],
  [{}, '2026-12-01T08:00', '2026-12-01T07:00', 'a local time, in the zone of the task'],
  [{ due_zone: null }, '2026-12-01T08:00', '2026-12-01T02:15', 'a local time, in the zone of the user'],
  [
    { due_date: null, due_time: null, due_zone: null },
    '2026-12-01T08:00',
    '2026-12-01T02:15',
    'a local time needs no due date',
  ],
  [{ due_zone: 'UTC', due_date: '1900-01-01' }, 'P1D', '1900-01-01T17:00', 'no day before the first'],
]

test.each(table)('%j with %s reminds at %sZ: %s', (fields, reminder, instant) => {
  const instants = reminderInstants({ ...task, ...fields, reminders: [reminder] }, settings)
  expect(instants.map((at) => at.toISOString())).toEqual([`${instant}:00.000Z`])
})

test('without a zone anywhere a reminder is in UTC', () => {
  const floating = { ...task, due_zone: null, reminders: ['PT0S'] }
  const [at] = reminderInstants(floating, { time_zone: null, remind_time: '09:00' })
  expect(at?.toISOString()).toBe('2026-11-21T17:00:00.000Z')
})

test('instants are in ascending order, without duplicates', () => {
  const reminders = ['PT0S', 'PT60M', 'P1D', 'PT1H', '2026-11-21T16:00']
  const instants = reminderInstants({ ...task, reminders }, settings).map((at) => at.toISOString())
  expect(instants).toEqual(['2026-11-20T16:00:00.000Z', '2026-11-21T15:00:00.000Z', '2026-11-21T16:00:00.000Z'])
})

test('an invalid reminder, or a relative one without a due date, has no instant', () => {
  expect(reminderInstants({ ...task, reminders: ['soon', 'PT30S'] }, settings)).toEqual([])
  const undated = { due_date: null, due_time: null, due_zone: null, reminders: ['PT30M'] }
  expect(reminderInstants(undated, settings)).toEqual([])
})

test('the start date and local times move with the due date; relative reminders stay', () => {
  const dates = { start_date: '2026-11-19', reminders: ['PT30M', '2026-11-20T08:00'] }
  expect(moveDates(dates, 14)).toEqual({ start_date: '2026-12-03', reminders: ['PT30M', '2026-12-04T08:00'] })
  expect(moveDates(dates, -20)).toEqual({ start_date: '2026-10-30', reminders: ['PT30M', '2026-10-31T08:00'] })
  expect(moveDates({ start_date: null, reminders: [] }, 14)).toEqual({ start_date: null, reminders: [] })
})

test('a date that would move beyond the years 1900 to 9999 is dropped', () => {
  const dates = { start_date: '1900-01-05', reminders: ['P1D', '1900-01-06T08:00', '1900-01-20T08:00'] }
  expect(moveDates(dates, -10)).toEqual({ start_date: null, reminders: ['P1D', '1900-01-10T08:00'] })
  expect(moveDates({ start_date: '9999-12-01', reminders: ['9999-12-30T08:00'] }, 7)).toEqual({
    start_date: '9999-12-08',
    reminders: [],
  })
})
