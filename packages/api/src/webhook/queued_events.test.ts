import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiver, type Receiver } from '../../testing/receiver.ts'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import { webhookDeliveries, type WebhookDeliveries } from './delivery_loop.ts'
import { SENT_AT_ONCE } from './queued_events.ts'

let fixture: TestServices
let services: Services
let target: Receiver
let deliveries: WebhookDeliveries
let caller: Caller
let user_id: string

beforeAll(async () => {
  fixture = await testServices()
  services = { ...fixture.services, allowPrivateWebhooks: true }
  // A busy machine may take long to let a test answer.
  deliveries = webhookDeliveries(services, { timeoutMs: 300_000 })
})
afterAll(async () => {
  await deliveries.stop()
  await fixture.close()
})
beforeEach(async () => {
  target = await receiver()
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
  return () => target.close()
})

/** A webhook with queued events. Returns its id. */
async function queue(count: number): Promise<number> {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url, events: ['reminder'] })
  for (let n = 0; n < count; n++) await caller.webhook.test({ webhook_id })
  return webhook_id
}

/** Lets requests wait until each is answered. */
function heldAnswers(): (() => void)[] {
  const held: (() => void)[] = []
  target.answer = (response) => void held.push(() => response.writeHead(200).end())
  return held
}

test('queued events are sent several at a time, each once, and each is recorded', async () => {
  const webhook_id = await queue(20)
  const held = heldAnswers()
  const delivering = Promise.allSettled([deliveries.deliverDue()])
  for (let answered = 0; answered < 20; answered++) {
    // As many as may be on their way, and no more until one of them is answered.
    await expect.poll(() => target.received.length, { timeout: 60_000 }).toBe(Math.min(20, answered + SENT_AT_ONCE))
    held[answered]?.()
  }
  await delivering
  expect(new Set(target.received.map(({ id }) => id)).size).toBe(20)
  const { items } = await caller.webhook.deliveries({ webhook_id, limit: 100 })
  expect(items.map(({ status, attempts, response_status }) => [status, attempts, response_status])).toEqual(
    Array.from({ length: 20 }, () => ['delivered', 1, 200]),
  )
})

test('what is on its way when the receiver says that it is gone (410) is recorded, and nothing more is sent', async () => {
  const webhook_id = await queue(20)
  target.answer = (response) => response.writeHead(target.received.length === 3 ? 410 : 200).end()
  await deliveries.deliverDue()
  const sent = target.received.length
  expect(sent).toBeLessThan(20)
  expect(await caller.webhook.get({ webhook_id })).toMatchObject({ enabled: false, disabled_reason: 'gone' })
  const count = (status: string) => services.db.webhookDelivery.count({ where: { user_id, status } })
  expect(await Promise.all([count('delivered'), count('failed'), count('pending')])).toEqual([sent - 1, 1, 20 - sent])
  target.answer = 200
  await caller.webhook.update({ webhook_id, enabled: true })
  await deliveries.deliverDue()
  expect(target.received.length).toBe(20)
})

test('the lease of a webhook is renewed while its receiver is slow to answer', async () => {
  await queue(1)
  const held = heldAnswers()
  const until = async () => (await services.db.webhook.findFirstOrThrow({ where: { user_id } })).lease_until?.getTime()
  const loop = webhookDeliveries(services, { leaseMs: 4000, timeoutMs: 300_000 })
  const delivering = Promise.allSettled([loop.deliverDue()])
  await expect.poll(() => held.length, { timeout: 60_000 }).toBe(1)
  const first = (await until()) ?? 0
  await expect.poll(until, { timeout: 60_000 }).toBeGreaterThan(first)
  held[0]?.()
  await delivering
  await loop.stop()
  expect(target.received).toHaveLength(1)
})
