import { openPage } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { changedSettings, createSettings, type Settings } from './settings.ts'

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

/** The settings of a user whose server has these, and what was sent. */
function settingsOf(user_id: string, known: Settings | Error) {
  const sent: unknown[] = []
  const answer = async () => {
    if (known instanceof Error) throw known
    return known
  }
  const update = async (changes: object) => {
    sent.push(changes)
    return { ...(await answer()), ...changes }
  }
  const client = { viewer: { settings: { query: answer }, update: { mutate: update } } } as unknown as Client
  return { settings: createSettings(client, user_id), sent }
}

test('the settings of the server take the place of those that this browser stored, for the next start too', async () => {
  const { storage } = openPage()
  const { settings } = settingsOf('ada', { ...current, remind_by_mail: true })
  expect(settings.current()).toEqual({ time_zone: null, remind_time: '09:00' })
  let told = 0
  const leave = settings.subscribe(() => told++)
  await settings.load()
  await expect.poll(() => told).toBe(1)
  expect(settings.current()).toEqual({ ...current, remind_by_mail: true })
  expect(settingsOf('ada', new Error('down')).settings.current()).toEqual({ ...current, remind_by_mail: true })
  expect(settingsOf('bob', new Error('down')).settings.current()).toEqual({ time_zone: null, remind_time: '09:00' })
  leave()
  settings.clear()
  expect(storage.length).toBe(0)
})

test('a change is what the server has made of it, and one that it refuses changes nothing', async () => {
  openPage()
  const { settings, sent } = settingsOf('ada', current)
  await settings.update({ remind_time: '07:00' })
  expect([sent, settings.current().remind_time]).toEqual([[{ remind_time: '07:00' }], '07:00'])
  const down = settingsOf('ada', new Error('down')).settings
  await expect(down.update({ remind_time: '08:00' })).rejects.toThrow('down')
  await expect(down.load()).rejects.toThrow('down')
  expect(down.current().remind_time).toBe('07:00')
})
