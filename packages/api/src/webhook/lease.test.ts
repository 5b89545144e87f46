import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { claimWebhooks, releaseWebhook, renewLeases } from './lease.ts'
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
