import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { claimWebhooks, renewLeases } from '../webhook/lease.ts'
import { fireReminders } from './fire.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql, transact } = api.services

const REMIND_AT = new Date('2099-03-10T09:00:00.000Z')
const now = () => REMIND_AT

beforeEach(() => db.reminder.deleteMany())

/** A user with a reminder that is due, who asks for it by mail and in a browser. */
async function reminded() {
  const user_id = newUser()
  const account = { name: 'Ann', email: `${user_id}@example.com`, emailVerified: true }
  await db.user.create({ data: { id: user_id, ...account } })
  await db.settings.create({ data: { user_id, remind_by_mail: true } })
  const expiresAt = new Date(Date.now() + 3_600_000)
  await db.session.create({ data: { id: user_id, token: user_id, userId: user_id, expiresAt } })
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'Call' })
  await db.reminder.create({ data: { user_id, task_id, remind_at: REMIND_AT, fire_at: REMIND_AT, zones: 'x' } })
  const first = await browserOf(user_id, 'first')
  return { user_id, task_id, first }
}

async function browserOf(user_id: string, name: string): Promise<number> {
  const keys = { p256dh: 'x', auth: 'x', language: 'en', shows_title: true }
  const data = { user_id, session_id: user_id, endpoint: `${user_id} ${name}`, ...keys }
  return (await db.pushSubscription.create({ data })).id
}

type Reminded = Pick<Awaited<ReturnType<typeof reminded>>, 'user_id' | 'task_id'>

/** Events of before that still wait. */
function waiting({ user_id, task_id }: Reminded, count: number) {
  const one = { user_id, task_id, event: {}, next_attempt_at: REMIND_AT }
  return Array.from({ length: count }, (_, n) => ({ ...one, remind_at: new Date(n) }))
}

const mails = ({ user_id }: Reminded) => db.reminderMail.count({ where: { user_id } })
const pushes = (subscription_id: number) => db.pushDelivery.count({ where: { subscription_id } })

test('a user with a hundred waiting mails gets no more, and one with fewer does', async () => {
  const [full, other] = [await reminded(), await reminded()]
  await db.reminderMail.createMany({ data: [...waiting(full, 100), ...waiting(other, 99)] })
  expect((await fireReminders({ sql, now })).due).toBe(2)
  expect([await mails(full), await mails(other)]).toEqual([100, 100])
})

test('a browser with a hundred waiting pushes gets no more, and one with fewer does', async () => {
  const [ann, bob] = [await reminded(), await reminded()]
  const second = await browserOf(ann.user_id, 'second')
  const waitingFor = (subscription_id: number, of: Reminded, count: number) =>
    waiting(of, count).map((one) => ({ ...one, subscription_id }))
  await db.pushDelivery.createMany({
    data: [...waitingFor(ann.first, ann, 100), ...waitingFor(second, ann, 99), ...waitingFor(bob.first, bob, 50)],
  })
  expect((await fireReminders({ sql, now })).due).toBe(2)
  expect([await pushes(ann.first), await pushes(second), await pushes(bob.first)]).toEqual([100, 100, 51])
})

/** Fires, and fails where it would wait for another transaction. */
function fireWithoutWaiting() {
  return transact(async (firing) => {
    await firing({ text: `SELECT set_config('lock_timeout', '1s', true)`, values: [] })
    return fireReminders({ sql: firing, now })
  })
}

/** Fires while a transaction that is committed afterwards has done this to a user. */
function firedDuring(text: string, { user_id }: Reminded) {
  return transact(async (held) => {
    await held({ text, values: [user_id] })
    return fireWithoutWaiting()
  })
}

test('a sign-out that is in progress holds up no reminder', async () => {
  const [ann, bob] = [await reminded(), await reminded()]
  const fired = await firedDuring('DELETE FROM taskwire.session WHERE "userId" = $1', ann)
  expect(fired.events.map((event) => event.user_id).toSorted()).toEqual([ann.user_id, bob.user_id].toSorted())
  // The browser that is signed out gets none.
  expect([await pushes(ann.first), await pushes(bob.first)]).toEqual([0, 1])
  expect([await mails(ann), await mails(bob)]).toEqual([1, 1])
  expect(await fireReminders({ sql, now })).toEqual({ due: 0, events: [] })
})

test.each([
  // It begins with the account, when its reminders are still there, and ends with all that it had.
  ['has begun', 'SELECT FROM taskwire.user WHERE id = $1 FOR UPDATE', true],
  ['is to be committed', 'DELETE FROM taskwire.user WHERE id = $1', false],
])('the end of an account that %s holds up no reminder of others', async (_, text, fires) => {
  const [ann, bob] = [await reminded(), await reminded()]
  const fired = await firedDuring(text, ann)
  expect(fired.events.map((event) => event.user_id).toSorted()).toEqual(
    [...(fires ? [ann.user_id] : []), bob.user_id].toSorted(),
  )
  expect([await mails(ann), await mails(bob)]).toEqual([0, 1])
})

const deliveries = ({ user_id }: Reminded) => db.webhookDelivery.count({ where: { user_id, type: 'reminder.due' } })
const deletion = 'DELETE FROM taskwire.webhook WHERE user_id = $1'

/** A user with a reminder that is due, and a webhook that wants it and is behind the log. */
async function hooked() {
  const user = await reminded()
  const { webhook, task } = api.caller(user.user_id)
  const { id: webhook_id } = await webhook.create({ url: 'https://example.com/hook' })
  await task.create({ title: 'Milk' })
  return { ...user, webhook_id }
}

test('what waits already for the same reminder does not wait twice', async () => {
  const ann = await hooked()
  await fireReminders({ sql, now })
  await db.reminder.updateMany({ data: { fire_at: REMIND_AT } })
  expect((await fireReminders({ sql, now })).events).toHaveLength(1)
  expect([await mails(ann), await pushes(ann.first), await deliveries(ann)]).toEqual([1, 1, 1])
})

test('reminders that fire together go to the webhooks, the browsers and the addresses of their users alone', async () => {
  const users = [await hooked(), await hooked()]
  await fireReminders({ sql, now })
  for (const { user_id, task_id, first, webhook_id } of users) {
    const [where, event] = [{ user_id }, expect.objectContaining({ user_id, task_id })]
    expect(await db.webhookDelivery.findMany({ where })).toMatchObject([{ webhook_id, payload: event }])
    expect(await db.reminderMail.findMany({ where })).toMatchObject([{ task_id, event }])
    expect(await db.pushDelivery.findMany({ where })).toMatchObject([{ subscription_id: first, task_id, event }])
  }
})

test('the deletion of a webhook that is in progress holds up no reminder of others', async () => {
  const [ann, bob] = [await hooked(), await hooked()]
  const fired = await firedDuring(deletion, ann)
  expect(fired.events).toMatchObject([{ user_id: bob.user_id }])
  expect((await fireReminders({ sql, now })).events).toMatchObject([{ user_id: ann.user_id }])
  expect([await deliveries(ann), await deliveries(bob), await mails(ann)]).toEqual([0, 1, 1])
})

test('a webhook whose deletion is rolled back gets its reminder, as each of the user does', async () => {
  const ann = await hooked()
  await api.caller(ann.user_id).webhook.create({ url: 'https://example.com/other' })
  const rolledBack = transact(async (held) => {
    await held({ text: `${deletion} AND id = $2`, values: [ann.user_id, ann.webhook_id] })
    expect((await fireWithoutWaiting()).due).toBe(0)
    throw new Error('rolled back')
  })
  await expect(rolledBack).rejects.toThrow('rolled back')
  expect((await fireReminders({ sql, now })).events).toHaveLength(1)
  expect([await deliveries(ann), await mails(ann), await pushes(ann.first)]).toEqual([2, 1, 1])
})

test('a webhook that wants no reminders, or is disabled, holds up none while it is deleted', async () => {
  const ann = await reminded()
  const { webhook } = api.caller(ann.user_id)
  await webhook.create({ url: 'https://example.com/hook', events: ['change'] })
  const { id: webhook_id } = await webhook.create({ url: 'https://example.com/hook' })
  await webhook.update({ webhook_id, enabled: false })
  expect((await firedDuring(deletion, ann)).events).toHaveLength(1)
})

test('a webhook gets its reminder at once while it is leased', async () => {
  const ann = await hooked()
  const claim = { now: new Date(), leaseMs: 600_000, limit: 100, perUser: 10, served: new Map<string, number>() }
  await transact(async (held) => {
    const leased = (await claimWebhooks(held, claim)).filter(({ user_id }) => user_id === ann.user_id)
    expect(leased).toHaveLength(1)
    await renewLeases(held, leased, 600_000)
    await fireWithoutWaiting()
  })
  expect(await deliveries(ann)).toBe(1)
})
