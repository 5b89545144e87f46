import { expect, test } from 'vitest'
import { dayName, shortDayName } from '../views/day_name.ts'
import { deviceZone, momentOf, zoneOf } from '../views/use_moment.ts'
import { fieldLabel, fieldText } from './field_labels.ts'
import { recurrenceText } from './recurrence_text.ts'
import { reminderText } from './reminder_text.ts'

test.each([
  ['PT0S', 'when due'],
  ['PT1M', '1 minute before'],
  ['PT59M', '59 minutes before'],
  ['PT60M', '1 hour before'],
  ['PT90M', '1 hour 30 minutes before'],
  ['P1D', '1 day before'],
  ['P6D', '6 days before'],
  ['P1W', '1 week before'],
  ['P8D', '8 days before'],
  ['P14D', '2 weeks before'],
  ['P1DT2H', '1 day 2 hours before'],
])('a reminder of %s comes %s', (reminder, text) => {
  expect(reminderText(reminder)).toBe(text)
})

test('a reminder that is none is shown as it is', () => {
  expect(['202610-03-02T08:', '0026-03-02T08:30', ''].map(reminderText)).toEqual([
    '202610-03-02T08:',
    '0026-03-02T08:30',
    '',
  ])
})

const recurrence = { start: '2026-03-02', occurrence: '2026-03-02', number: 1 } as const

test('a recurrence is said in words, and a rule that nobody understands as it is', () => {
  const said = (rule: string, next: 'upcoming' | 'completion' = 'upcoming') =>
    recurrenceText({ ...recurrence, rule, next })
  expect(said('FREQ=DAILY')).toBe('every day')
  expect(said('FREQ=DAILY', 'completion')).not.toBe(said('FREQ=DAILY'))
  expect(said('FREQ=DAILY', 'completion')).toContain('every day')
  expect(said('FREQ=SOMETIMES')).toBe('FREQ=SOMETIMES')
  const start = '0026-03-02'
  expect(recurrenceText({ ...recurrence, start, rule: 'FREQ=WEEKLY', next: 'upcoming' })).toBe('every week')
})

test.each([
  ['completed', true, 'completed'],
  ['completed', false, 'pending'],
  ['priority', 'low', 'Low'],
  ['priority', null, 'None'],
  ['priority', 'urgent', 'None'],
  ['tags', ['a', 'b'], 'a, b'],
  ['tags', [], 'none'],
  ['reminders', ['PT0S', 'P1D'], 'when due, 1 day before'],
  ['reminders', [1], 'none'],
  ['recurrence', { rule: 'FREQ=DAILY', next: 'upcoming', ...recurrence }, 'every day'],
  ['recurrence', null, 'does not repeat'],
  ['checklist', [{ text: 'Ask', done: true }, { text: 'Pay', done: false }, 'x'], '☑ Ask, ☐ Pay'],
  ['checklist', [], 'none'],
  ['description', '', 'none'],
  ['description', 'Why', 'Why'],
  ['new_field', undefined, 'none'],
  ['new_field', true, 'yes'],
  ['new_field', false, 'no'],
  ['new_field', 0, '0'],
  ['new_field', { a: 1 }, '{"a":1}'],
])('the value of %s, %j, is shown as “%s”', (name, value, text) => {
  expect(fieldText(name, value).toLowerCase()).toBe(text.toLowerCase())
})

test('a field that this version does not know is called by its name, without underscores', () => {
  expect(fieldLabel('due_date')).toBe('Due date')
  expect(fieldLabel('an_added_field')).toContain('an added field')
})

test('a day is named by how near it is, and has a year where it is of another one', () => {
  const today = '2026-12-30'
  expect(['2026-12-29', '2026-12-30', '2026-12-31'].map((day) => shortDayName(day, today))).toEqual([
    'Yesterday',
    'Today',
    'Tomorrow',
  ])
  const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', timeZone: 'UTC' })
  expect(shortDayName('2027-01-05', today)).toBe(weekday.format(new Date('2027-01-05T00:00:00Z')))
  expect(shortDayName('2027-01-06', today)).toContain('2027')
  expect(shortDayName('2026-12-28', today)).not.toContain('2026')
  expect(dayName('2026-12-31', today)).toMatch(/^Tomorrow, .*31/)
  expect(dayName('2027-01-05', today)).toContain('2027')
})

test('what is no day is named as it is', () => {
  const unknown = ['0002-12-24', '0026-12-24', '202610-03-02', '2026-13-01', '']
  expect(unknown.map((day) => shortDayName(day, '2026-12-30'))).toEqual(unknown)
  expect(unknown.map((day) => dayName(day, '2026-12-30'))).toEqual(unknown)
})

test('the zone is that of the user, else that of the device, and one that is none is UTC', () => {
  expect([zoneOf('Asia/Tokyo'), zoneOf(null), zoneOf('Mars/Base')]).toEqual(['Asia/Tokyo', deviceZone(), 'UTC'])
  expect(momentOf({ time_zone: 'Asia/Tokyo' }).zone).toBe('Asia/Tokyo')
})
