import { afterAll, expect, test } from 'vitest'
import { testServices } from '../../testing/services.ts'
import { vapidKeys } from './vapid.ts'

const api = await testServices()
const other = api.replica()
afterAll(api.close)

test('replicas that make the keys of an installation at once agree on one pair, which stays', async () => {
  const made = await Promise.all([api, other, api].map(({ services }) => vapidKeys(services.db)))
  expect(new Set(made.map(({ public_key }) => public_key)).size).toBe(1)
  const [pair] = made
  expect(await vapidKeys(other.services.db)).toEqual(pair)
  expect(await api.services.db.vapidKey.count()).toBe(1)
  expect(pair?.public_key).toMatch(/^[\w-]{87}$/)
  expect(pair?.private_key).toMatch(/^[\w-]{43}$/)
})
