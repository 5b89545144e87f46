import { reminderPushes, vapidKeys, type ReminderPushes, type Services } from '@taskwire/api'
import { fireRemindersAt, pushService, type PushService, type SubscribedBrowser } from '@taskwire/api/testing'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { oauthClient } from '../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

type User = Awaited<ReturnType<SignInServer['newUser']>>

const DUE = '2099-03-10T09:00:00.000Z'

let server: SignInServer
let service: PushService
let services: Services
let pushes: ReminderPushes
/** The clock of the server. */
let now: Date
let user: User

beforeAll(async () => {
  server = await signInServer({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  service = await pushService(async () => (await vapidKeys(server.database.db)).public_key)
  services = { ...server.services, now: () => now, allowPrivateWebhooks: true }
  pushes = newLoop()
})
afterAll(async () => {
  await pushes.stop()
  await service.close()
  await server.close()
})
beforeEach(async () => {
  await server.database.db.pushSubscription.deleteMany()
  user = await server.newUser()
  service.answer = 201
  service.pushed.length = 0
  service.asked.length = 0
  server.logged.length = 0
  now = new Date(DUE)
})

function newLoop(options: { concurrency?: number; of?: Services } = {}): ReminderPushes {
  return reminderPushes(options.of ?? services, {
    contact: 'mailto:ops@example.com',
    pollMs: 60_000,
    timeoutMs: 300_000,
    ...options,
  })
}

async function ask(route: 'subscribe' | 'unsubscribe', payload: object, bearer = user.session) {
  const headers = { authorization: `Bearer ${bearer}` }
  return server.app.inject({ method: 'POST', url: `/api/auth/push/${route}`, headers, payload })
}

async function subscribed(options: object = {}, bearer = user.session): Promise<SubscribedBrowser> {
  const browser = service.browser()
  const answer = await ask('subscribe', { ...browser, ...options }, bearer)
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: true }])
  return browser
}

async function firedTask(title = 'Call Bob', of = user): Promise<number> {
  const { id } = await server
    .caller(of.token)
    .task.create({ title, due_date: '2099-03-10', due_time: '09:00', reminders: ['PT0S'] })
  await fireRemindersAt(services, DUE)
  return id
}

function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000)
}

const count = () => server.database.db.pushSubscription.count({ where: { user_id: user.id } })
const waiting = () => server.database.db.pushDelivery.count({ where: { user_id: user.id } })

test('a reminder reaches each of a user’s browsers once, encrypted for it and signed with the key it subscribed for', async () => {
  const headers = { authorization: `Bearer ${user.session}` }
  const { public_key } = (await server.app.inject({ url: '/api/auth/push/key', headers })).json<{
    public_key: string
  }>()
  expect(public_key).toBe((await vapidKeys(server.database.db)).public_key)
  await subscribed()
  await subscribed({ language: 'de' })
  const task_id = await firedTask()
  later(60)
  await Promise.all([pushes.sendDue(), newLoop().sendDue()])
  await pushes.sendDue()
  const told = { task_id, remind_at: DUE, title: 'Call Bob', due_time: '09:00' }
  const payloads = service.pushed.map(({ payload }) => payload)
  expect(payloads).toHaveLength(2)
  expect(payloads).toEqual(
    expect.arrayContaining([
      { ...told, language: 'en' },
      { ...told, language: 'de' },
    ]),
  )
  expect(service.pushed[0]?.headers).toMatchObject({ ttl: '86340', urgency: 'high' })
  expect(service.pushed[0]?.headers['topic']).toMatch(/^[\w-]{32}$/)
  expect(await waiting()).toBe(0)
})

test('a browser that does not want titles is told only that there is a reminder', async () => {
  await subscribed({ shows_title: false })
  const task_id = await firedTask('A secret')
  await pushes.sendDue()
  expect(service.pushed.map(({ payload }) => payload)).toEqual([{ task_id, remind_at: DUE, language: 'en' }])
})

test.each([404, 410])('a browser that the push service answers %d for is forgotten', async (status) => {
  await subscribed()
  service.answer = status
  await firedTask()
  await pushes.sendDue()
  expect([await count(), await waiting()]).toEqual([0, 0])
})

test('a push that fails is sent again, after Retry-After where the service says so', async () => {
  await subscribed()
  await firedTask()
  service.answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end()
  await pushes.sendDue()
  // Another reminder for the browser waits too.
  await firedTask('Call Eve')
  later(119)
  service.answer = 503
  await pushes.sendDue()
  expect(service.asked).toHaveLength(1)
  later(1)
  await pushes.sendDue()
  expect(service.asked).toHaveLength(3)
  service.answer = (response) => {
    response.writeHead(503, { 'retry-after': new Date(now.getTime() + 900_000).toUTCString() }).end()
  }
  later(300)
  await pushes.sendDue()
  const asked = service.asked.length
  service.answer = 201
  later(899)
  await pushes.sendDue()
  expect(service.asked).toHaveLength(asked)
  later(1)
  await pushes.sendDue()
  expect(service.pushed).toHaveLength(2)
})

test('a push that is refused for good ends, and the log does not hold the address of the browser', async () => {
  const { endpoint } = await subscribed()
  service.answer = 403
  await firedTask()
  await pushes.sendDue()
  expect([await count(), await waiting()]).toEqual([1, 0])
  expect(server.logged.map(({ message }) => message)).toEqual(['a push service refused a reminder'])
  expect(JSON.stringify(server.logged)).not.toContain(new URL(endpoint).pathname)
})

test('nothing is pushed that is done by then, or a day old', async () => {
  await subscribed()
  service.answer = 503
  const task_id = await firedTask('Done')
  await firedTask('Old')
  await pushes.sendDue()
  await server.caller(user.token).task.complete({ task_id })
  service.answer = 201
  later(60)
  await pushes.sendDue()
  expect(service.pushed.map(({ payload }) => payload)).toMatchObject([{ title: 'Old' }])
  service.answer = 503
  await firedTask('Older')
  await pushes.sendDue()
  service.answer = 201
  later(86_400)
  await pushes.sendDue()
  expect(service.pushed).toHaveLength(1)
  expect(await waiting()).toBe(0)
})

test('a subscription ends with its session: by a sign-out, by an end from elsewhere, and when it expires', async () => {
  const { email } = user
  const signIn = async () => {
    const payload = { email, password: 'correct horse battery' }
    const answer = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
    return answer.json<{ token: string }>().token
  }
  const [leaving, ended] = [await signIn(), await signIn()]
  await subscribed({}, leaving)
  await subscribed({}, ended)
  await subscribed()
  const post = (url: string, bearer: string, payload = {}) =>
    server.app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${bearer}` }, payload })
  await post('/api/auth/sign-out', leaving)
  expect(await count()).toBe(2)
  await post('/api/auth/revoke-session', user.session, { token: ended })
  expect(await count()).toBe(1)
  await server.database.db.session.updateMany({ where: { userId: user.id }, data: { expiresAt: new Date(0) } })
  await firedTask()
  await pushes.sendDue()
  expect(service.asked).toEqual([])
})

test('only a session can subscribe: not an API key, not the token of an OAuth client, and nobody without one', async () => {
  const { key: readKey } = await server.newKey(user.session, { name: 'r', configId: 'read' })
  const { key: writeKey } = await server.newKey(user.session, { name: 'w', configId: 'write' })
  const { tokens } = await oauthClient(server).connected(user.session)
  for (const bearer of [readKey, writeKey, tokens.access_token, user.token, 'x'])
    expect((await ask('subscribe', service.browser(), bearer)).statusCode, bearer).toBe(401)
  expect((await server.app.inject({ url: '/api/auth/push/key' })).statusCode).toBe(401)
  expect(await count()).toBe(0)
})

test('what is no subscription of a browser is refused', async () => {
  const good = service.browser()
  const bad = [
    {},
    { ...good, endpoint: 'x' },
    { ...good, endpoint: 'ftp://example.com/x' },
    { ...good, endpoint: 'http://169.254.169.254/latest' },
    { ...good, endpoint: `https://example.com/${'x'.repeat(1000)}` },
    { ...good, keys: { ...good.keys, p256dh: 'A'.repeat(87) } },
    { ...good, keys: { ...good.keys, auth: 'short' } },
    { ...good, language: 'fr' },
    { ...good, more: 1 },
  ]
  for (const payload of bad) expect((await ask('subscribe', payload)).statusCode, JSON.stringify(payload)).toBe(400)
  expect(await count()).toBe(0)
})

test('without private addresses neither a subscription nor a push leads to one', async () => {
  const other = await signInServer({ database: server.database })
  const headers = { authorization: `Bearer ${user.session}` }
  const urls = [
    'http://example.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://10.0.0.1/',
    'https://localhost/x',
  ]
  for (const endpoint of urls) {
    const payload = { ...service.browser(), endpoint }
    const answer = await other.app.inject({ method: 'POST', url: '/api/auth/push/subscribe', headers, payload })
    expect([answer.statusCode, answer.json().code], endpoint).toEqual([400, 'PUSH_ENDPOINT_REFUSED'])
  }
  await other.close()
  // Stored while that was allowed.
  await subscribed()
  await firedTask()
  const strict = newLoop({ of: { ...services, allowPrivateWebhooks: false } })
  await strict.sendDue()
  await strict.stop()
  expect([service.asked, await waiting()]).toEqual([[], 0])
})

test('a browser belongs to the user who subscribed last, and one that is renewed is no further one', async () => {
  const other = await server.newUser()
  const browser = await subscribed()
  expect((await ask('subscribe', browser)).statusCode).toBe(200)
  expect(await count()).toBe(1)
  expect((await ask('subscribe', browser, other.session)).statusCode).toBe(200)
  expect(await count()).toBe(0)
  await firedTask()
  await pushes.sendDue()
  expect(service.asked).toEqual([])
  // Another user's browser is out of reach.
  expect((await ask('unsubscribe', { endpoint: browser.endpoint })).statusCode).toBe(200)
  expect(await server.database.db.pushSubscription.count()).toBe(1)
  expect((await ask('unsubscribe', { endpoint: browser.endpoint }, other.session)).statusCode).toBe(200)
  expect(await server.database.db.pushSubscription.count()).toBe(0)
})

test('a user has ten browsers at most: a further one takes the place of the oldest', async () => {
  const first = await subscribed()
  for (let n = 0; n < 10; n++) await subscribed()
  expect(await count()).toBe(10)
  const { endpoint } = first
  expect(await server.database.db.pushSubscription.count({ where: { endpoint } })).toBe(0)
})

test('browsers whose service never answers leave places for those of other users', async () => {
  const [, hangs] = [await subscribed(), service.browser()]
  await ask('subscribe', hangs)
  for (let n = 0; n < 6; n++) await firedTask(`Task ${n}`)
  const hanging: (() => void)[] = []
  service.answer = (response) => void hanging.push(() => response.writeHead(201).end())
  const loop = newLoop({ concurrency: 5 })
  loop.start()
  await expect.poll(() => hanging.length).toBe(4)
  // The place of one that has ended is taken by one other.
  hanging[0]?.()
  await expect.poll(() => hanging.length).toBeGreaterThan(4)
  expect(await server.database.db.pushDelivery.count({ where: { user_id: user.id, attempts: 0 } })).toBe(7)
  const other = await server.newUser()
  await subscribed({}, other.session)
  await firedTask('Of another user', other)
  loop.notify()
  await expect.poll(() => hanging.length).toBe(6)
  expect(service.asked).toHaveLength(6)
  for (const end of hanging.slice(1)) end()
  service.answer = 201
  await loop.stop()
})

test('a stop interrupts a push, which is sent again', async () => {
  await subscribed()
  await firedTask()
  service.answer = () => {}
  const loop = newLoop()
  loop.start()
  await expect.poll(() => service.asked.length).toBe(1)
  await loop.stop()
  expect(await waiting()).toBe(1)
  service.answer = 201
  later(60)
  await pushes.sendDue()
  expect(service.pushed).toHaveLength(1)
})

test('a stop waits for the look that is running', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  let looks = 0
  const sql: Services['sql'] = async (statement) => {
    looks++
    await answered
    return services.sql(statement)
  }
  const loop = newLoop({ of: { ...services, sql } })
  loop.start()
  await expect.poll(() => looks).toBe(1)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  expect(isStopped).toBe(false)
  answer()
  await stopped
})
