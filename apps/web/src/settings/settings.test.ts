import { expect, test } from 'vitest'
import { changedSettings } from './settings.ts'

const current = { time_zone: 'Europe/Berlin', remind_time: '09:00' }

test('what is as it was is not sent, also where the server does not know the field', () => {
  expect(changedSettings({ ...current, remind_by_mail: false }, current)).toEqual({})
})

test('what differs is sent, and nothing else', () => {
  const entered = { time_zone: null, remind_time: '09:00', remind_by_mail: true }
  expect(changedSettings(entered, current)).toEqual({ time_zone: null, remind_by_mail: true })
  expect(
    changedSettings({ ...current, remind_time: '07:30', remind_by_mail: true }, { ...current, remind_by_mail: true }),
  ).toEqual({
    remind_time: '07:30',
  })
})
