import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { reminderFeed } from './feed.ts'
import type { ReminderEvent } from './schema.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql, log } = api.services

test('a look finds what was announced in the last seconds to the users who listen', async () => {
  const [ann, bob] = [newUser(), newUser()]
  const { id: task_id } = await api
    .caller(ann)
    .task.create({ title: 'Call', due_date: '2099-03-10', due_time: '10:00' })
  const { id: other } = await api.caller(bob).task.create({ title: 'x' })
  const announced = (seconds: number) => new Date(Date.now() - seconds * 1000)
  const day = (n: number) => new Date(Date.UTC(2099, 0, n))
  const zones = 'x'
  await db.reminder.createMany({
    data: [
      { user_id: ann, task_id, remind_at: day(1), announced_at: announced(0), zones, late: true },
      // As late as a commit may be seen after its clock.
      { user_id: ann, task_id, remind_at: day(2), announced_at: announced(8), zones },
      { user_id: ann, task_id, remind_at: day(3), announced_at: announced(16), zones },
      { user_id: ann, task_id, remind_at: day(4), fire_at: day(4), zones },
      { user_id: bob, task_id: other, remind_at: day(1), announced_at: announced(0), zones },
    ],
  })
  const found: unknown[] = []
  const watched: typeof sql = async (statement) => {
    const rows = await sql<{ event: ReminderEvent }>(statement)
    found.push(...rows.map(({ event }) => event))
    return rows as never[]
  }
  const feed = reminderFeed({ sql: watched, log }, { pollMs: 3_600_000 })
  const leave = await feed.listen(ann, () => {})
  const due = { due_date: '2099-03-10', due_time: '10:00', due_zone: null, due_at: null }
  const event = { task_id, user_id: ann, title: 'Call', ...due }
  expect(found).toEqual([
    { ...event, remind_at: day(2).toISOString(), late: false },
    { ...event, remind_at: day(1).toISOString(), late: true },
  ])
  leave()
  feed.close()
})
