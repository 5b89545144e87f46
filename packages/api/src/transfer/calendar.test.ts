import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { calendarBegin } from './calendar.ts'

const api = await testServices()
afterAll(api.close)

/** The zones that the calendar of a user begins with. */
async function zonesOf(user_id: string) {
  const services = { ...api.services, now: () => new Date('2026-11-21T12:00:00Z') }
  const text = await calendarBegin(services, user_id)
  const zones = [...text.matchAll(/BEGIN:VTIMEZONE\r\nTZID:(.*)\r\n/g)].map(([, zone]) => zone)
  const years = [...text.matchAll(/DTSTART:(\d{4})/g)].map(([, year]) => Number(year))
  return { zones, years: [Math.min(...years), Math.max(...years)] }
}

test("a calendar tells the zones of its user's tasks once each, from last year on for eleven years", async () => {
  const [user_id, other] = [newUser(), newUser()]
  const { task } = api.caller(user_id)
  const timed = { due_date: '2026-12-01', due_time: '17:00' }
  for (const due_zone of ['Europe/Berlin', 'America/New_York', 'Europe/Berlin']) {
    await task.create({ title: 'Milk', ...timed, due_zone })
  }
  const { id } = await task.create({ title: 'Gone', ...timed, due_zone: 'Asia/Kathmandu' })
  await task.delete({ task_id: id })
  await api.caller(other).task.create({ title: 'Bread', ...timed, due_zone: 'UTC' })
  expect(await zonesOf(user_id)).toEqual({ zones: ['America/New_York', 'Europe/Berlin'], years: [2025, 2036] })
})

test('a calendar tells fifty zones at most', async () => {
  const user_id = newUser()
  const zones = Intl.supportedValuesOf('timeZone').slice(0, 60)
  await api.services.sql({
    text: `INSERT INTO taskwire.task (user_id, title, due_date, due_time, due_zone)
      SELECT $1, 'Milk', '2026-12-01', '17:00', zone FROM unnest($2::text[]) AS zone`,
    values: [user_id, zones],
  })
  expect((await zonesOf(user_id)).zones).toHaveLength(50)
})
