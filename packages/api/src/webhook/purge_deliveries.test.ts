import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { purgeDeliveries } from './purge_deliveries.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

const DAY_MS = 86_400_000
let user_id: string
let webhook_id: number
let keys = 0
beforeEach(async () => {
  user_id = newUser()
  webhook_id = (await api.caller(user_id).webhook.create({ url: 'https://example.com/hook' })).id
})

async function delivery(status: string, days: number): Promise<void> {
  const created_at = new Date(Date.now() - days * DAY_MS)
  const data = { user_id, webhook_id, event_key: String(++keys), type: 'test', queued: false, status, created_at }
  await db.webhookDelivery.create({ data })
}
const left = () => db.webhookDelivery.count({ where: { user_id } })

test.each(['delivered', 'failed'])('a delivery that ended as %s is kept for a week', async (status) => {
  await delivery(status, 6.99)
  await delivery(status, 7.01)
  expect(await purgeDeliveries(db)).toBe(1)
  expect(await left()).toBe(1)
})

test('what waits is kept while its webhook is enabled', async () => {
  await delivery('pending', 30)
  expect(await purgeDeliveries(db)).toBe(0)
  await db.webhook.updateMany({ where: { user_id }, data: { enabled: false } })
  expect(await purgeDeliveries(db)).toBe(1)
})

test('small statements follow each other until nothing is left', async () => {
  for (let n = 0; n < 5; n++) await delivery('failed', 8)
  expect(await purgeDeliveries(db, undefined, 2)).toBe(5)
  expect(await left()).toBe(0)
})

test('a purge whose process stops removes nothing more', async () => {
  await delivery('failed', 8)
  expect(await purgeDeliveries(db, AbortSignal.abort())).toBe(0)
  expect(await left()).toBe(1)
  await purgeDeliveries(db)
})
