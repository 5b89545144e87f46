import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices, type Caller } from '../../testing/services.ts'
import { claimWebhooks, type LeasedWebhook } from './lease.ts'
import { recordAttempts, type Attempt } from './record.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql } = api.services

const AT = new Date('2027-03-10T09:00:00.000Z')
const AGAIN = new Date('2027-03-10T09:00:30.000Z')

let caller: Caller
let user_id: string
let leased: LeasedWebhook
beforeEach(async () => {
  user_id = newUser()
  caller = api.caller(user_id)
  await caller.webhook.create({ url: 'https://example.com/hook' })
  await caller.task.create({ title: 'one' })
  const claim = { now: new Date(), leaseMs: 600_000, limit: 10, perUser: 10, served: new Map<string, number>() }
  const [claimed] = (await claimWebhooks(sql, claim)).filter((hook) => hook.user_id === user_id)
  if (claimed === undefined) throw new Error('a due webhook was not claimed')
  leased = claimed
})

function attempt(made: Partial<Attempt> = {}, key = '1', type = 'task.created'): Attempt {
  const event = {
    key,
    seq: type === 'task.created' ? Number(key) : null,
    type,
    timestamp: AT.toISOString(),
    data: null,
  }
  const result = { response_status: 500, error: null, at: AT, next_attempt_at: null, disabled_reason: null }
  return { event, status: 'failed', ...result, ...made }
}
const delivered = { status: 'delivered', response_status: 200 } as const
const pending = { status: 'pending', next_attempt_at: AGAIN } as const
const gone = { status: 'failed', response_status: 410, disabled_reason: 'gone' } as const

const inLog = (...of: Attempt[]) => recordAttempts(sql, leased, { of, in_log: true, leaseMs: 600_000 })
const queued = (...of: Attempt[]) => recordAttempts(sql, leased, { of, in_log: false, leaseMs: 600_000 })
const hook = () => db.webhook.findFirstOrThrow({ where: { user_id } })
const delivery = (event_key = '1') => db.webhookDelivery.findFirstOrThrow({ where: { user_id, event_key } })

test('a change that was delivered moves the webhook on, and ends the waits', async () => {
  await inLog(attempt(pending))
  expect(await hook()).toMatchObject({ seq: 0, attempts: 1, retry_at: AGAIN, enabled: true })
  expect(await delivery()).toMatchObject({ status: 'pending', attempts: 1, queued: false, next_attempt_at: AGAIN })
  expect(await inLog(attempt(delivered))).toMatchObject({ seq: 1, attempts: 0, retry_at: null })
  expect(await hook()).toMatchObject({ seq: 1, attempts: 0, retry_at: null })
  expect(await delivery()).toMatchObject({
    ...delivered,
    attempts: 2,
    last_attempt_at: AT,
    next_attempt_at: null,
    queued: false,
  })
})

test('a queued event has a wait of its own, and leaves that of the changes', async () => {
  await inLog(attempt(pending))
  await queued(attempt({ ...pending, next_attempt_at: new Date(AGAIN.getTime() + 1000) }, 'r', 'reminder.due'))
  expect(await hook()).toMatchObject({ seq: 0, attempts: 1, retry_at: AGAIN })
  expect(await delivery('r')).toMatchObject({ status: 'pending', queued: true, seq: null })
  await queued(attempt(delivered, 'r', 'reminder.due'))
  expect(await hook()).toMatchObject({ seq: 0, attempts: 1, retry_at: AGAIN })
  expect(await delivery('r')).toMatchObject({ status: 'delivered', queued: false, attempts: 2 })
})

test('a receiver that is gone disables the webhook, whose event stays queued unless it is a test', async () => {
  await queued(attempt(delivered, 'a', 'reminder.due'), attempt(gone, 'b', 'reminder.due'), attempt(gone, 'c', 'test'))
  expect(await hook()).toMatchObject({ enabled: false, disabled_reason: 'gone' })
  const stored = await db.webhookDelivery.findMany({ where: { user_id }, orderBy: { event_key: 'asc' } })
  expect(stored.map(({ status, queued: waits }) => [status, waits])).toEqual([
    ['delivered', false],
    ['failed', true],
    ['failed', false],
  ])
})

test('the reason for which a webhook was disabled stays when what was on its way ends', async () => {
  await inLog(attempt(gone))
  await queued(attempt(delivered, 'r', 'reminder.due'))
  expect(await hook()).toMatchObject({ enabled: false, disabled_reason: 'gone' })
})

test.each([
  ['a failure', pending],
  ['a receiver that is gone', gone],
])('%s at an address that was replaced says nothing of the new one', async (_, made) => {
  await inLog(attempt(pending))
  await db.webhook.updateMany({ where: { user_id }, data: { url: 'https://example.com/new' } })
  expect(await inLog(attempt(made))).toMatchObject({ attempts: 0, retry_at: null, enabled: true, seq: 0 })
  await queued(attempt(made, 'r', 'reminder.due'), attempt(made, 't', 'test'), attempt(delivered, 'd', 'reminder.due'))
  expect(await hook()).toMatchObject({ enabled: true, disabled_reason: null })
  expect(await delivery('r')).toMatchObject({ status: 'pending', queued: true, next_attempt_at: AT })
  expect(await delivery('t')).toMatchObject({ status: made.status })
  expect(await delivery('d')).toMatchObject({ status: 'delivered', queued: false })
})

test('each record renews the lease', async () => {
  const left = async () => {
    const text = `SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS s FROM taskwire.webhook WHERE user_id = $1`
    const [row] = await sql<{ s: number }>({ text, values: [user_id] })
    return row?.s ?? 0
  }
  await recordAttempts(sql, leased, { of: [attempt(pending)], in_log: true, leaseMs: 7_200_000 })
  expect(await left()).toBeGreaterThan(3600)
  expect(await left()).toBeLessThan(7201)
})

test('nothing is stored for who lost the lease, nor for another user', async () => {
  const made = { of: [attempt(delivered)], in_log: true, leaseMs: 600_000 }
  expect(await recordAttempts(sql, { ...leased, lease: 'another' }, made)).toBeNull()
  expect(await recordAttempts(sql, { ...leased, user_id: newUser() }, made)).toBeNull()
  expect(await hook()).toMatchObject({ seq: 0 })
  expect(await db.webhookDelivery.count({ where: { user_id } })).toBe(0)
})
