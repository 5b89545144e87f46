import { createECDH } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import {
  isPushEndpoint,
  pushSubscriptionInput,
  removePushSubscription,
  savePushSubscription,
  SUBSCRIPTIONS_PER_USER,
} from './subscription.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

const keys = {
  p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
  auth: Buffer.alloc(16, 7).toString('base64url'),
}
const input = (name: string) => ({ endpoint: `https://push.example/${name}`, keys })

/** A user with a session. */
async function subscriber() {
  const user_id = newUser()
  const expiresAt = new Date(Date.now() + 3_600_000)
  await db.user.create({ data: { id: user_id, name: 'Ann', email: `${user_id}@example.com` } })
  await db.session.create({ data: { id: `session of ${user_id}`, token: user_id, userId: user_id, expiresAt } })
  return { user_id, session_id: `session of ${user_id}` }
}
const stored = (user_id: string) => db.pushSubscription.findMany({ where: { user_id }, orderBy: { id: 'asc' } })

test('a subscription is in English and shows titles unless its browser says otherwise', async () => {
  const ann = await subscriber()
  await savePushSubscription(db, ann, input('ann'))
  expect(await stored(ann.user_id)).toMatchObject([
    { ...ann, endpoint: 'https://push.example/ann', ...keys, language: 'en', shows_title: true, retry_at: null },
  ])
})

test('a browser that subscribes again has its new settings, keys and session, and waits no longer', async () => {
  const ann = await subscriber()
  await savePushSubscription(db, ann, input('again'))
  await db.pushSubscription.updateMany({ where: { user_id: ann.user_id }, data: { retry_at: new Date() } })
  const [first] = await stored(ann.user_id)
  const other = Buffer.alloc(16, 8).toString('base64url')
  const renewed = { ...input('again'), keys: { ...keys, auth: other }, language: 'de', shows_title: false } as const
  await savePushSubscription(db, ann, renewed)
  expect(await stored(ann.user_id)).toMatchObject([
    { id: first?.id, auth: other, language: 'de', shows_title: false, retry_at: null },
  ])
})

test('a browser leaves the user who had it before, who keeps the others', async () => {
  const [ann, bob] = [await subscriber(), await subscriber()]
  await savePushSubscription(db, ann, input('shared'))
  await savePushSubscription(db, ann, input('of ann'))
  await savePushSubscription(db, bob, input('shared'))
  expect((await stored(ann.user_id)).map(({ endpoint }) => endpoint)).toEqual(['https://push.example/of ann'])
  expect(await stored(bob.user_id)).toMatchObject([{ session_id: bob.session_id }])
})

test('the eleventh browser of a user takes the place of the oldest, and of nobody else', async () => {
  const [ann, bob] = [await subscriber(), await subscriber()]
  await savePushSubscription(db, bob, input('of bob'))
  for (let n = 0; n <= SUBSCRIPTIONS_PER_USER; n++) await savePushSubscription(db, ann, input(`many ${n}`))
  expect(SUBSCRIPTIONS_PER_USER).toBe(10)
  expect((await stored(ann.user_id)).map(({ endpoint }) => endpoint)).toEqual(
    Array.from({ length: 10 }, (_, n) => `https://push.example/many ${n + 1}`),
  )
  expect(await stored(bob.user_id)).toHaveLength(1)
})

test('a subscription is removed by its own user only, and alone', async () => {
  const [ann, bob] = [await subscriber(), await subscriber()]
  await savePushSubscription(db, ann, input('one'))
  await savePushSubscription(db, ann, input('two'))
  await removePushSubscription(db, bob.user_id, 'https://push.example/one')
  expect(await stored(ann.user_id)).toHaveLength(2)
  await removePushSubscription(db, ann.user_id, 'https://push.example/one')
  expect((await stored(ann.user_id)).map(({ endpoint }) => endpoint)).toEqual(['https://push.example/two'])
})

test.each([
  ['https://push.example/x', true, true],
  ['http://push.example/x', false, true],
  ['https://127.0.0.1/x', false, true],
  ['https://169.254.169.254/x', false, false],
  ['ftp://push.example/x', false, false],
])('%s is an endpoint: %j, and %j where private addresses are allowed', (endpoint, strictly, privately) => {
  expect([isPushEndpoint(endpoint, false), isPushEndpoint(endpoint, true)]).toEqual([strictly, privately])
})

test.each([
  ['an endpoint of 1001 characters', { endpoint: `https://push.example/${'x'.repeat(980)}` }],
  ['a key that is no point on the curve', { keys: { ...keys, p256dh: 'B'.repeat(87) } }],
  ['a key with other characters', { keys: { ...keys, p256dh: `${keys.p256dh.slice(0, 86)}+` } }],
  ['a short secret', { keys: { ...keys, auth: keys.auth.slice(1) } }],
  ['another language', { language: 'fr' }],
  ['an unknown field', { user_id: 'bob' }],
])('%s is refused', (_, wrong) => {
  expect(pushSubscriptionInput.safeParse(input('x')).success).toBe(true)
  expect(pushSubscriptionInput.safeParse({ ...input('x'), ...wrong }).success).toBe(false)
})
