import { expect, test } from 'vitest'
import { momentAt } from './moment.ts'

test.each([
  ['2026-03-01T11:59:59.999Z', '12:00'],
  ['2026-03-01T12:00:00.000Z', '12:00'],
  ['2026-03-01T12:00:00.001Z', '12:01'],
  ['2026-03-01T12:00:59.999Z', '12:01'],
])('at %s the first time that is not over is %s', (now, time) => {
  expect(momentAt(new Date(now), 'UTC').clock).toEqual({ day: '2026-03-01', time })
})

test('days begin and end where the user is, also when clocks change', () => {
  expect(momentAt(new Date('2026-03-28T23:30:00Z'), 'Europe/Berlin')).toEqual({
    now: '2026-03-28T23:30:00.000Z',
    zone: 'Europe/Berlin',
    today: '2026-03-29',
    clock: { day: '2026-03-29', time: '00:30' },
    upcoming: ['2026-03-30', '2026-04-05'],
    starts: ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-04-05T22:00:00.000Z'],
  })
})
