import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { claimWebhooks, releaseWebhook, renewLeases, webhookLag } from './lease.ts'
import { recordAttempts, type Attempt } from './record.ts'

const api = await testServices()
afterAll(api.close)
const { sql } = api.services

const delivered: Attempt = {
  event: { key: '1', seq: 1, type: 'task.created', timestamp: '2026-01-01T00:00:00Z', data: null },
  status: 'delivered',
  response_status: 200,
  error: null,
  at: new Date(),
  next_attempt_at: null,
  disabled_reason: null,
}
const recorded = { of: [delivered], in_log: true, leaseMs: 1000 }

test('an attempt counts only for the process that holds the lease, and only that one gives the webhook back', async () => {
  const user_id = newUser()
  const caller = api.caller(user_id, { services: { ...api.services, allowPrivateWebhooks: true } })
  const { id } = await caller.webhook.create({ url: 'https://127.0.0.1/hook' })
  await caller.task.create({ title: 'one' })
  const claim = { now: new Date(), limit: 1, perUser: 10, served: new Map<string, number>() }
  // The first process stalls until its lease has ended.
  const [late] = await claimWebhooks(sql, { ...claim, leaseMs: -1 })
  const [current] = await claimWebhooks(sql, { ...claim, leaseMs: 600_000 })
  if (late === undefined || current === undefined) throw new Error('a due webhook was not claimed')
  const stored = () => sql({ text: 'SELECT seq, lease FROM taskwire.webhook WHERE user_id = $1', values: [user_id] })
  expect(await stored()).toEqual([{ seq: 0, lease: current.lease }])

  expect(await recordAttempts(sql, late, recorded)).toBeNull()
  await releaseWebhook(sql, late)
  expect(await claimWebhooks(sql, { ...claim, leaseMs: 1000 })).toEqual([])
  expect((await caller.webhook.deliveries({ webhook_id: id })).items).toEqual([])

  expect(await recordAttempts(sql, current, recorded)).toMatchObject({ seq: 1, id })
  expect((await caller.webhook.deliveries({ webhook_id: id })).items).toHaveLength(1)
})

/** Claims among the webhooks of these users only: the others are held. */
async function claimed(users: readonly string[], claim: Partial<Parameters<typeof claimWebhooks>[1]> = {}) {
  await api.services.db.webhook.updateMany({
    where: { user_id: { notIn: [...users] } },
    data: { lease_until: new Date(Date.now() + 3_600_000) },
  })
  const all = { now: new Date(), leaseMs: 600_000, limit: 100, perUser: 10, served: new Map<string, number>() }
  const hooks = await claimWebhooks(sql, { ...all, ...claim })
  return hooks.map(({ user_id, id }) => ({ user_id, id }))
}

/** A user with some webhooks, for each of which there is a change. */
async function behind(count = 1) {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const ids: number[] = []
  for (let n = 0; n < count; n++) ids.push((await caller.webhook.create({ url: 'https://example.com/hook' })).id)
  await caller.task.create({ title: 'one' })
  return { user_id, caller, ids, where: { user_id } }
}

test('a user gets no more places than their share, and those who are served count', async () => {
  const [ann, bob] = [await behind(3), await behind(3)]
  const users = [ann.user_id, bob.user_id]
  const places = await claimed(users, { perUser: 2, served: new Map([[ann.user_id, 1]]) })
  expect(places.map(({ user_id }) => user_id).toSorted()).toEqual([ann.user_id, bob.user_id, bob.user_id].toSorted())
})

test('no more webhooks are claimed than there are places, those first that were served longest ago', async () => {
  const users = [await behind(), await behind(), await behind()]
  const all = users.map(({ user_id }) => user_id)
  const minutesAgo = [1, 3, 2]
  for (const { where } of users) {
    const lease_until = new Date(Date.now() - (minutesAgo.shift() ?? 0) * 60_000)
    await api.services.db.webhook.updateMany({ where, data: { lease_until } })
  }
  expect((await claimed(all, { limit: 1 })).map(({ user_id }) => user_id)).toEqual([all[1]])
  expect((await claimed(all, { limit: 1 })).map(({ user_id }) => user_id)).toEqual([all[2]])
  expect((await claimed(all, { limit: 5 })).map(({ user_id }) => user_id)).toEqual([all[0]])
})

test('a webhook that was never served comes before all others', async () => {
  const { user_id, ids, where } = await behind(2)
  const data = { lease_until: new Date(0) }
  await api.services.db.webhook.updateMany({ where: { ...where, id: ids[0] }, data })
  expect(await claimed([user_id], { limit: 1 })).toEqual([{ user_id, id: ids[1] }])
})

test.each([
  ['is disabled', { enabled: false }],
  ['waits for its next attempt', { retry_at: new Date(Date.now() + 60_000) }],
  ['has got all changes', { seq: 1 }],
  ['wants reminders alone', { events: ['reminder'] }],
  ['is leased', { lease_until: new Date(Date.now() + 60_000) }],
])('a webhook that %s is not claimed', async (_, data) => {
  const { user_id, where } = await behind()
  await api.services.db.webhook.updateMany({ where, data })
  expect(await claimed([user_id])).toEqual([])
})

test('a webhook is claimed at the time of its next attempt, and for a queued event that is due', async () => {
  const { user_id, where, ids } = await behind()
  const now = new Date()
  await api.services.db.webhook.updateMany({ where, data: { retry_at: now } })
  expect(await claimed([user_id], { now, leaseMs: -1 })).toHaveLength(1)
  await api.services.db.webhook.updateMany({ where, data: { retry_at: null, seq: 1 } })
  const event = { ...where, webhook_id: ids[0] ?? 0, event_key: 'a', type: 'test', queued: true, status: 'pending' }
  const next_attempt_at = new Date(now.getTime() + 1000)
  await api.services.db.webhookDelivery.create({ data: { ...event, next_attempt_at } })
  expect(await claimed([user_id], { now })).toEqual([])
  expect(await claimed([user_id], { now: next_attempt_at })).toHaveLength(1)
})

test('a webhook that is given back is served last, and behind only for what it lacks', async () => {
  const { user_id, where, caller } = await behind()
  const before = await webhookLag(sql)
  await caller.task.create({ title: 'two' })
  expect(await webhookLag(sql)).toBe(before + 1)
  const claim = { now: new Date(), leaseMs: 600_000, limit: 100, perUser: 10, served: new Map<string, number>() }
  const hook = (await claimWebhooks(sql, claim)).find((one) => one.user_id === user_id)
  if (hook === undefined) throw new Error('a due webhook was not claimed')
  await releaseWebhook(sql, hook)
  const [released] = await api.services.db.webhook.findMany({ where })
  expect(released?.lease).toBeNull()
  expect(Math.abs((released?.lease_until?.getTime() ?? 0) - Date.now())).toBeLessThan(300_000)
  await api.services.db.webhook.updateMany({ where, data: { enabled: false } })
  expect(await webhookLag(sql)).toBe(before - 1)
})

test('a lease that is renewed in time stays with its process, and one that was lost is not renewed', async () => {
  const user_id = newUser()
  const caller = api.caller(user_id, { services: { ...api.services, allowPrivateWebhooks: true } })
  await caller.webhook.create({ url: 'https://127.0.0.1/hook' })
  await caller.task.create({ title: 'one' })
  const claim = { now: new Date(), limit: 10, perUser: 10, served: new Map<string, number>() }
  const mine = async (leaseMs: number) =>
    (await claimWebhooks(sql, { ...claim, leaseMs })).find((hook) => hook.user_id === user_id)
  const first = await mine(-1)
  if (first === undefined) throw new Error('a due webhook was not claimed')
  await renewLeases(sql, [first], 600_000)
  expect(await mine(600_000)).toBeUndefined()

  await renewLeases(sql, [first], -1)
  const second = await mine(-1)
  expect(second).toBeDefined()
  await renewLeases(sql, [first], 600_000)
  expect(await mine(600_000)).toBeDefined()
})
