import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { claimPushes, postponePush, removeGoneSubscription, removePush, type ReminderPush } from './queue.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql } = api.services

const REMIND_AT = '2099-03-10T09:00:00.000Z'
const NOBODY: ReadonlyMap<string, number> = new Map()
const instant = (ms: number) => new Date(Date.parse(REMIND_AT) + ms)

/** The clock of the queue. */
let now: Date
const queue = { sql, now: () => now }
beforeEach(async () => {
  await db.pushSubscription.deleteMany()
  now = new Date(REMIND_AT)
})

let browsers = 0
/** A user with a session and a browser. */
async function subscribed() {
  const user_id = newUser()
  const expiresAt = new Date(Date.now() + 3_600_000)
  await db.user.create({ data: { id: user_id, name: 'Ann', email: `${user_id}@example.com` } })
  await db.session.create({ data: { id: `session of ${user_id}`, token: user_id, userId: user_id, expiresAt } })
  return { user_id, subscription_id: await browserOf(user_id) }
}

async function browserOf(user_id: string): Promise<number> {
  const endpoint = `https://push.example/${++browsers}`
  const details = { p256dh: 'x', auth: 'x', language: 'en', shows_title: true }
  const data = { user_id, session_id: `session of ${user_id}`, endpoint, ...details }
  return (await db.pushSubscription.create({ data })).id
}

type Browser = Awaited<ReturnType<typeof subscribed>>

/** A reminder of a new task that waits for a browser. Returns the task's id. */
async function waits(
  { user_id, subscription_id }: Browser,
  more: { at?: Date; attempts?: number; task_id?: number } = {},
) {
  const { at = new Date(REMIND_AT), attempts = 0 } = more
  const task_id = more.task_id ?? (await api.caller(user_id).task.create({ title: 'Call' })).id
  const due = { due_date: null, due_time: null, due_zone: null, due_at: null }
  const event = { task_id, user_id, title: 'Call', ...due, remind_at: at.toISOString(), late: false }
  // What failed has waited longer.
  const next_attempt_at = instant(-attempts)
  await db.pushDelivery.create({
    data: { user_id, subscription_id, task_id, remind_at: at, event, attempts, next_attempt_at },
  })
  return task_id
}

const claimed = (limit = 100, running = NOBODY) => claimPushes(queue, { limit, running })
const tasks = (pushes: readonly ReminderPush[]) => pushes.map(({ event }) => event.task_id).toSorted((a, b) => a - b)
const left = () => db.pushDelivery.count()

async function onlyOne(): Promise<ReminderPush> {
  const [push] = await claimed()
  if (push === undefined) throw new Error('nothing was claimed')
  return push
}

test('a claimed push is for nobody else for a minute, and then counts as tried', async () => {
  const task_id = await waits(await subscribed())
  expect(await claimed()).toMatchObject([{ attempts: 0, event: { task_id } }])
  now = instant(59_999)
  expect(await claimed()).toEqual([])
  now = instant(60_000)
  expect(await claimed()).toMatchObject([{ attempts: 1, event: { task_id } }])
})

test('a push is not due before its time', async () => {
  await waits(await subscribed())
  now = instant(-1)
  expect(await claimed()).toEqual([])
})

test('those that failed seldom come first, and no more than the limit', async () => {
  const browser = await subscribed()
  const failing = await waits(browser, { attempts: 3 })
  const fresh = [await waits(browser), await waits(browser)]
  expect(tasks(await claimed(2))).toEqual(fresh)
  expect(tasks(await claimed(2))).toEqual([failing])
})

test('of one user four are taken at once, whatever their browsers, and those on their way count', async () => {
  const browser = await subscribed()
  const second = { ...browser, subscription_id: await browserOf(browser.user_id) }
  for (let n = 0; n < 3; n++) await waits(browser)
  for (let n = 0; n < 3; n++) await waits(second)
  const other = await waits(await subscribed())
  expect(tasks(await claimed(100, new Map([[browser.user_id, 4]])))).toEqual([other])
  expect(await claimed(100, new Map([[browser.user_id, 3]]))).toHaveLength(1)
  expect(await claimed()).toHaveLength(4)
})

test.each([
  ['the task is completed', ({ user_id }: Browser, task_id: number) => api.caller(user_id).task.complete({ task_id })],
  ['the task is deleted', ({ user_id }: Browser, task_id: number) => api.caller(user_id).task.delete({ task_id })],
  [
    'the session has expired',
    ({ user_id }: Browser) =>
      db.session.updateMany({ where: { userId: user_id }, data: { expiresAt: new Date(Date.now() - 1000) } }),
  ],
  [
    'the session is that of another user',
    async ({ user_id }: Browser) => {
      const { user_id: other } = await subscribed()
      await db.pushSubscription.updateMany({ where: { user_id }, data: { session_id: `session of ${other}` } })
    },
  ],
  ['the reminder is more than a day old', async () => void (now = instant(86_400_001))],
])('a push is removed instead where %s', async (_, happen) => {
  const browser = await subscribed()
  await happen(browser, await waits(browser))
  expect(await claimed()).toEqual([])
  expect(await left()).toBe(0)
})

test('a reminder that is a day old by then is still pushed', async () => {
  await waits(await subscribed())
  now = instant(86_400_000)
  expect(await claimed()).toHaveLength(1)
})

test('a task of another user with the same id keeps no push', async () => {
  const [ann, bob] = [await subscribed(), await subscribed()]
  await waits(ann, { task_id: await waits(bob) })
  expect(await claimed()).toMatchObject([{ event: { user_id: bob.user_id } }])
  expect(await left()).toBe(1)
})

test('a push that was sent is removed alone', async () => {
  const browser = await subscribed()
  const task_id = await waits(browser)
  const push = await onlyOne()
  await waits(browser)
  await waits(browser, { task_id, at: instant(1) })
  await waits({ ...browser, subscription_id: await browserOf(browser.user_id) }, { task_id })
  await removePush(queue, push)
  expect(await left()).toBe(3)
  expect(await db.pushDelivery.count({ where: { task_id, remind_at: new Date(REMIND_AT) } })).toBe(1)
})

test('a push that failed is sent after so many seconds, and holds up nothing else', async () => {
  const browser = await subscribed()
  const task_id = await waits(browser)
  await postponePush(queue, await onlyOne(), { seconds: 300, all: false })
  const other = await waits(browser)
  expect(tasks(await claimed())).toEqual([other])
  now = instant(299_999)
  expect(tasks(await claimed())).toEqual([other])
  now = instant(300_000)
  expect(tasks(await claimed())).toContain(task_id)
})

test('where the service wants nothing for a browser the others of the user get theirs', async () => {
  const browser = await subscribed()
  const second = { ...browser, subscription_id: await browserOf(browser.user_id) }
  await waits(browser)
  await postponePush(queue, await onlyOne(), { seconds: 300, all: true })
  await waits(browser)
  const other = await waits(second)
  expect(tasks(await claimed())).toEqual([other])
  now = instant(300_000)
  expect(await claimed()).toHaveLength(3)
})

test('a browser that is gone is forgotten with what waits for it, unless it was renewed meanwhile', async () => {
  const browser = await subscribed()
  const second = { ...browser, subscription_id: await browserOf(browser.user_id) }
  await waits(browser)
  const push = await onlyOne()
  await waits(second)
  await removeGoneSubscription(queue, { ...push, endpoint: 'https://push.example/former' })
  expect([await db.pushSubscription.count(), await left()]).toEqual([2, 2])
  await removeGoneSubscription(queue, push)
  expect(await db.pushSubscription.findMany()).toMatchObject([{ id: second.subscription_id }])
  expect(await left()).toBe(1)
})
