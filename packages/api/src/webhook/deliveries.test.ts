import { afterAll, beforeEach, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices, type Caller } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

const NOW = new Date('2027-03-10T09:00:00.000Z')
const url = 'https://example.com/hook'

let caller: Caller
let user_id: string
let webhook_id: number
beforeEach(async () => {
  user_id = newUser()
  caller = api.caller(user_id, { services: { ...api.services, now: () => NOW } })
  webhook_id = (await caller.webhook.create({ url })).id
})

let keys = 0
async function delivery(details: { seq?: number; status?: string; attempts?: number; queued?: boolean } = {}) {
  const made = { type: 'task.created', queued: false, status: 'failed', attempts: 3, ...details }
  const next_attempt_at = new Date(NOW.getTime() + 60_000)
  const data = { user_id, webhook_id, event_key: String(++keys), next_attempt_at, ...made }
  return Number((await db.webhookDelivery.create({ data })).id)
}
const stored = (id: number) => db.webhookDelivery.findFirstOrThrow({ where: { user_id, id } })

test('a test event is due at once', async () => {
  const { id } = await caller.webhook.test({ webhook_id })
  expect(await stored(id)).toMatchObject({ queued: true, next_attempt_at: NOW, payload: { webhook_id } })
})

test('a delivery that ended is queued anew, with all its attempts', async () => {
  await db.webhook.updateMany({ where: { user_id }, data: { seq: 5, attempts: 2, retry_at: NOW } })
  const [delivery_id, other] = [await delivery({ seq: 5 }), await delivery({ seq: 4 })]
  expect(await caller.webhook.redeliver({ webhook_id, delivery_id })).toMatchObject({
    status: 'pending',
    attempts: 0,
    next_attempt_at: NOW.toISOString(),
  })
  expect(await stored(delivery_id)).toMatchObject({ queued: true })
  expect(await stored(other)).toMatchObject({ status: 'failed', queued: false })
  // The changes wait as before.
  expect(await db.webhook.findFirst({ where: { user_id } })).toMatchObject({ attempts: 2, retry_at: NOW })
})

test('a change that waits in the log is tried at once, in its place', async () => {
  await db.webhook.updateMany({ where: { user_id }, data: { seq: 4, attempts: 2, retry_at: NOW } })
  const other = await caller.webhook.create({ url })
  await db.webhook.updateMany({ where: { id: other.id }, data: { retry_at: NOW } })
  const delivery_id = await delivery({ seq: 5, status: 'pending' })
  expect(await caller.webhook.redeliver({ webhook_id, delivery_id })).toMatchObject({ status: 'pending', attempts: 3 })
  expect(await stored(delivery_id)).toMatchObject({ queued: false, next_attempt_at: NOW })
  const hooks = await db.webhook.findMany({ where: { user_id }, orderBy: { id: 'asc' } })
  expect(hooks.map(({ retry_at }) => retry_at)).toEqual([null, NOW])
})

test('a delivery is found by its own webhook only', async () => {
  const { id: other } = await caller.webhook.create({ url })
  const delivery_id = await delivery()
  expect(await apiErrorOf(caller.webhook.redeliver({ webhook_id: other, delivery_id }))).toMatchObject({
    reason: 'item_not_found',
  })
  expect((await caller.webhook.deliveries({ webhook_id: other })).items).toEqual([])
})

test('only what is pending has a next attempt', async () => {
  await delivery({ status: 'pending' })
  await delivery({ status: 'failed' })
  const { items } = await caller.webhook.deliveries({ webhook_id })
  expect(items.map(({ next_attempt_at }) => next_attempt_at)).toEqual([null, '2027-03-10T09:01:00.000Z'])
})

test('a page has fifty deliveries, and the next one goes on behind them, of the same webhook only', async () => {
  const data = Array.from({ length: 52 }, (_, n) => ({
    user_id,
    webhook_id,
    event_key: `page ${n}`,
    type: 'test',
    queued: false,
    status: 'failed',
  }))
  await db.webhookDelivery.createMany({ data })
  const first = await caller.webhook.deliveries({ webhook_id })
  const cursor = first.next_cursor ?? ''
  const second = await caller.webhook.deliveries({ webhook_id, cursor })
  expect([first.items.length, second.items.length, second.next_cursor]).toEqual([50, 2, null])
  const { id: other } = await caller.webhook.create({ url })
  expect((await apiErrorOf(caller.webhook.deliveries({ webhook_id: other, cursor }))).reason).toBe('validation_failed')
})
