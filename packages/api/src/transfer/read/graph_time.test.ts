import { expect, test } from 'vitest'
import { dayOf, localTimeOf, timeOf } from './graph_time.ts'

test.each([
  ['2026-10-14T22:00:00.0000000', 'UTC', '2026-10-15'],
  ['2026-10-14T12:00:00', undefined, '2026-10-15'],
  ['2026-10-14T11:59:00', 'Etc/UTC', '2026-10-14'],
  ['2026-10-14T22:00:00', 'Europe/Berlin', '2026-10-14'],
  ['soon', 'UTC', 'soon'],
])('the midnight %s in %s is that of %s', (dateTime, timeZone, day) => {
  expect(dayOf({ dateTime, timeZone })).toBe(day)
})

test('a time is an instant where its zone is known, and UTC where it has none', () => {
  const dateTime = '2026-10-14T22:00:00.0000000'
  expect(timeOf({ dateTime })).toBe('2026-10-14T22:00:00.000Z')
  expect(timeOf({ dateTime, timeZone: 'Europe/Berlin' })).toBe('2026-10-14T20:00:00.000Z')
  expect(timeOf({ dateTime, timeZone: 'W. Europe Standard Time' })).toBeUndefined()
  for (const none of [null, undefined, { dateTime: 'soon' }]) expect(timeOf(none)).toBeUndefined()
})

test('a reminder is the local time of the user, or the time as it is written where its zone is not known', () => {
  const dateTime = '2026-10-14T22:30:00'
  expect(localTimeOf({ dateTime }, 'Asia/Kathmandu')).toBe('2026-10-15T04:15')
  expect(localTimeOf({ dateTime, timeZone: 'Europe/Berlin' }, 'UTC')).toBe('2026-10-14T20:30')
  expect(localTimeOf({ dateTime, timeZone: 'W. Europe Standard Time' }, 'UTC')).toBe('2026-10-14T22:30')
  expect(localTimeOf(null, 'UTC')).toBeUndefined()
})
