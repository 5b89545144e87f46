import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { fireReminders } from './fire.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql } = api.services

const REMIND_AT = new Date('2099-03-10T09:00:00.000Z')
const at = (ms: number) => ({ sql, now: () => new Date(REMIND_AT.getTime() + ms) })

let user_id: string
beforeEach(async () => {
  await db.reminder.deleteMany()
  user_id = newUser()
})

/** A task with a reminder that is planned. Returns its id. */
async function planned(of = user_id): Promise<number> {
  const { id: task_id } = await api.caller(of).task.create({ title: 'Call' })
  await db.reminder.create({ data: { user_id: of, task_id, remind_at: REMIND_AT, fire_at: REMIND_AT, zones: 'x' } })
  return task_id
}
const stored = () => db.reminder.findFirstOrThrow({ where: { user_id } })

test.each([
  [0, false],
  [60_000, false],
  [60_001, true],
  [86_400_000, true],
])('a reminder that fires %d ms after its time is late: %j', async (ms, late) => {
  const task_id = await planned()
  const { due, events } = await fireReminders(at(ms))
  expect(due).toBe(1)
  expect(events).toMatchObject([{ task_id, user_id, remind_at: REMIND_AT.toISOString(), late }])
  const now = new Date(REMIND_AT.getTime() + ms)
  const announced_at = expect.any(Date)
  expect(await stored()).toMatchObject({ fire_at: null, late, fired_at: now, announced_at })
  expect(await fireReminders(at(ms))).toEqual({ due: 0, events: [] })
})

test('a reminder that was missed by more than a day is told nobody', async () => {
  await db.settings.create({ data: { user_id, remind_by_mail: true } })
  await db.user.create({ data: { id: user_id, name: 'Ann', email: `${user_id}@example.com`, emailVerified: true } })
  await api.caller(user_id).webhook.create({ url: 'https://example.com/hook' })
  await planned()
  expect(await fireReminders(at(86_400_001))).toEqual({ due: 1, events: [] })
  expect(await stored()).toMatchObject({ fire_at: null, late: true, fired_at: null, announced_at: null })
  const where = { user_id }
  expect([await db.reminderMail.count({ where }), await db.webhookDelivery.count({ where })]).toEqual([0, 0])
})

test('a reminder is not due before its time', async () => {
  await planned()
  expect(await fireReminders(at(-1))).toEqual({ due: 0, events: [] })
})

test.each(['complete', 'delete'] as const)(
  'after a task was changed by %s its reminder is gone silently',
  async (what) => {
    const task_id = await planned()
    await api.caller(user_id).task[what]({ task_id })
    await db.unplannedTask.deleteMany({ where: { user_id } })
    expect(await fireReminders(at(61_000))).toEqual({ due: 1, events: [] })
    expect(await stored()).toMatchObject({ fire_at: null, late: false, fired_at: null, announced_at: null })
  },
)

test('a task that is to be planned again waits for that', async () => {
  const task_id = await planned()
  const note = { user_id, task_id, changed_at: new Date() }
  await db.unplannedTask.createMany({ data: [note], skipDuplicates: true })
  expect((await fireReminders(at(0))).due).toBe(0)
  await db.unplannedTask.deleteMany({ where: { user_id } })
  expect((await fireReminders(at(0))).due).toBe(1)
})

test('a task that is to be planned again holds up no other one of its user', async () => {
  const [changed, other] = [await planned(), await planned()]
  await db.unplannedTask.deleteMany({ where: { user_id } })
  await db.unplannedTask.create({ data: { user_id, task_id: changed, changed_at: new Date() } })
  expect((await fireReminders(at(0))).events).toMatchObject([{ task_id: other }])
})

test('two hundred reminders fire at once, those first that have been due for longest', async () => {
  const task_id = await planned()
  const seconds = Array.from({ length: 200 }, (_, n) => new Date(REMIND_AT.getTime() + (200 - n) * 1000))
  const data = seconds.map((instant) => ({ user_id, task_id, remind_at: instant, fire_at: instant, zones: 'x' }))
  await db.reminder.createMany({ data })
  const [first, second] = [await fireReminders(at(200_000)), await fireReminders(at(200_000))]
  expect([first.due, second.due]).toEqual([200, 1])
  expect(second.events).toMatchObject([{ remind_at: new Date(REMIND_AT.getTime() + 200_000).toISOString() }])
})

test('a reminder is announced by the clock of the database, which the streams of all replicas read', async () => {
  await planned()
  await fireReminders(at(0))
  expect((await stored()).announced_at?.getTime()).toBeLessThan(REMIND_AT.getTime())
})

test('another user whose task has the same id is told nothing', async () => {
  const task_id = await planned()
  const other = newUser()
  await api.caller(other).webhook.create({ url: 'https://example.com/hook' })
  await fireReminders(at(0))
  expect(await db.webhookDelivery.count({ where: { user_id: other } })).toBe(0)
  expect(await db.reminder.count({ where: { task_id, fired_at: REMIND_AT } })).toBe(1)
})

test('it is queued at once for each webhook that is enabled and wants it', async () => {
  const { webhook } = api.caller(user_id)
  const { id } = await webhook.create({ url: 'https://example.com/hook', events: ['reminder'] })
  await webhook.create({ url: 'https://example.com/changes', events: ['change'] })
  const disabled = await webhook.create({ url: 'https://example.com/disabled' })
  await webhook.update({ webhook_id: disabled.id, enabled: false })
  const task_id = await planned()
  await fireReminders(at(0))
  expect(await db.webhookDelivery.findMany({ where: { user_id } })).toMatchObject([
    {
      webhook_id: id,
      event_key: `reminder:${task_id}:${REMIND_AT.toISOString()}`,
      type: 'reminder.due',
      queued: true,
      status: 'pending',
      next_attempt_at: REMIND_AT,
    },
  ])
})
