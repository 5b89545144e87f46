import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiver, type Receiver } from '../../testing/receiver.ts'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import { purgeDeliveries } from './purge_deliveries.ts'
import { webhookDeliveries, type DeliveryOptions, type WebhookDeliveries } from './delivery_loop.ts'

let fixture: TestServices
let target: Receiver
let services: Services
let deliveries: WebhookDeliveries
/** The clock of the deliveries. */
let now: Date
let caller: Caller
let user_id: string

beforeAll(async () => {
  fixture = await testServices()
  services = { ...fixture.services, now: () => now, allowPrivateWebhooks: true }
  deliveries = deliveriesWith({})
})
afterAll(async () => {
  await deliveries.stop()
  await fixture.close()
})
beforeEach(async () => {
  target = await receiver()
  now = new Date()
  user_id = newUser()
  caller = fixture.caller(user_id, { services })
  return () => target.close()
})

function deliveriesWith(options: DeliveryOptions): WebhookDeliveries {
  return webhookDeliveries(services, options)
}

function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000)
}

async function createTasks(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await caller.task.create({ title: `task ${n}` })
}

const ids = () => target.received.map(({ id }) => id)
const seqs = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${user_id}:${from + n}`)

test('every change arrives once and in order, from the creation of the webhook on, as the log shows it', async () => {
  await createTasks(2)
  await caller.webhook.create({ url: target.url })
  await createTasks(60)
  await deliveries.deliverDue()
  expect(ids()).toEqual(seqs(3, 62))
  const { changes } = await caller.change.list({ since: 2, limit: 1 })
  expect(target.received[0]?.event).toEqual({
    type: 'task.created',
    timestamp: changes[0]?.created_at,
    data: changes[0],
  })
  await deliveries.deliverDue()
  expect(target.received).toHaveLength(60)
})

test('webhooks take turns, and a long backlog of one does not hold up the others', async () => {
  const others = [caller, fixture.caller(newUser(), { services })]
  for (const { webhook, task } of others) {
    const { id: webhook_id } = await webhook.create({ url: target.url })
    for (const title of ['one', 'two', 'three']) {
      await webhook.test({ webhook_id })
      await task.create({ title })
    }
  }
  const turns = deliveriesWith({ concurrency: 1, servedMs: 0 })
  await turns.deliverDue()
  await turns.stop()
  // A turn is an attempt of each kind.
  const owners = ids().map((id) => id.split(':')[0])
  expect(owners).toHaveLength(12)
  for (let n = 2; n < owners.length; n += 2) expect(owners[n]).not.toBe(owners[n - 1])
})

test('receivers of some users that never answer leave places for those of others', async () => {
  const hanging: (() => void)[] = []
  target.answer = (response) => void hanging.push(() => response.writeHead(200).end())
  const slow = [1, 2, 3].map(() => fixture.caller(newUser(), { services }))
  for (const { webhook, task } of slow) {
    for (let n = 0; n < 4; n++) await webhook.create({ url: target.url })
    await task.create({ title: 'x' })
  }
  const loop = deliveriesWith({ concurrency: 12, pollMs: 5, timeoutMs: 300_000, leaseMs: 600_000 })
  loop.start()
  await expect.poll(() => hanging.length).toBeGreaterThanOrEqual(6)
  const other = await receiver()
  await caller.webhook.create({ url: other.url })
  await createTasks(3)
  await expect.poll(() => other.received.length).toBe(3)
  // At most all four of one user and two of each other one.
  expect(hanging.length).toBeLessThanOrEqual(8)
  target.answer = 200
  for (const end of hanging) end()
  // The other webhooks have their turn.
  await expect.poll(() => target.received.length).toBe(12)
  await loop.stop()
  await other.close()
})

test('one look for webhooks ends before the next one begins', async () => {
  for (let n = 0; n < 10; n++) await caller.webhook.create({ url: target.url })
  await createTasks(1)
  const looks = { now: 0, most: 0 }
  const sql: Services['sql'] = async (statement) => {
    if (!statement.text.includes('WITH due AS')) return services.sql(statement)
    looks.most = Math.max(looks.most, ++looks.now)
    // Longer than some of the sessions take, which end meanwhile.
    await services.sql({ text: 'SELECT pg_sleep(0.02)', values: [] })
    return services.sql<never>(statement).finally(() => looks.now--)
  }
  const loop = webhookDeliveries({ ...services, sql }, { concurrency: 3, pollMs: 5 })
  loop.start()
  await expect.poll(() => target.received.length).toBe(10)
  await loop.stop()
  expect(looks.most).toBe(1)
})

test('a change that comes at the moment when all others are delivered is delivered too', async () => {
  await caller.webhook.create({ url: target.url })
  await createTasks(1)
  let wrote = false
  const change = new Proxy(services.db.change, {
    get: (table, name, receiver) =>
      name !== 'findMany'
        ? Reflect.get(table, name, receiver)
        : async (...query: Parameters<typeof table.findMany>) => {
            const changes = await table.findMany(...query)
            if (changes.length === 0 && !wrote) {
              wrote = true
              await createTasks(1)
            }
            return changes
          },
  })
  const db = new Proxy(services.db, {
    get: (client, name, receiver) => (name === 'change' ? change : Reflect.get(client, name, receiver)),
  })
  const other = webhookDeliveries({ ...services, db })
  await other.deliverDue()
  await other.stop()
  expect(wrote).toBe(true)
  expect(ids()).toEqual(seqs(1, 2))
})

test('the signature is that of Standard Webhooks, and for a day after a rotation the old secret verifies it too', async () => {
  const { id: webhook_id, secret } = await caller.webhook.create({ url: target.url })
  const verifies = (signer: string) => {
    const { headers, body } = target.received.at(-1) ?? { headers: {}, body: '' }
    try {
      new Verifier(signer).verify(body, headers as Record<string, string>)
      return true
    } catch {
      return false
    }
  }
  await createTasks(1)
  await deliveries.deliverDue()
  expect(verifies(secret)).toBe(true)
  const { secret: rotated } = await caller.webhook.rotate({ webhook_id })
  await createTasks(1)
  await deliveries.deliverDue()
  expect([verifies(rotated), verifies(secret)]).toEqual([true, true])
  await fixture.services.db.webhook.updateMany({ where: { user_id }, data: { former_secret_until: now } })
  await createTasks(1)
  await deliveries.deliverDue()
  expect([verifies(rotated), verifies(secret)]).toEqual([true, false])
})

test('a receiver that is away for ten minutes gets everything afterwards, in order', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(3)
  target.answer = 503
  await deliveries.deliverDue()
  for (const seconds of [4, 1, 29, 1, 119, 1, 445]) {
    later(seconds)
    await deliveries.deliverDue()
  }
  // After 5 s, 30 s, 2 min.
  expect(ids()).toEqual(Array.from({ length: 4 }, () => `${user_id}:1`))
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { seq: 1, type: 'task.created', attempts: 4, status: 'pending', response_status: 503, error: null },
  ])
  target.answer = 204
  later(155)
  await deliveries.deliverDue()
  expect(ids().slice(4)).toEqual(seqs(1, 3))
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { seq: 3, attempts: 1, status: 'delivered', response_status: 204, next_attempt_at: null },
    { seq: 2, attempts: 1, status: 'delivered' },
    { seq: 1, attempts: 5, status: 'delivered' },
  ])
  expect(await caller.webhook.get({ webhook_id })).toMatchObject({ enabled: true, next_seq: 4 })
})

test('after three days of failures it is disabled, and goes on where it stopped when it is enabled again', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(2)
  target.answer = 500
  let days = 0
  for (; days < 5 && (await caller.webhook.get({ webhook_id })).enabled; days += 1 / 24) {
    await deliveries.deliverDue()
    later(3600)
  }
  expect(days).toBeGreaterThan(3)
  expect(days).toBeLessThan(3.3)
  expect(await caller.webhook.get({ webhook_id })).toMatchObject({
    enabled: false,
    disabled_reason: 'failing',
    next_seq: 1,
  })
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([{ seq: 1, status: 'failed' }])
  const before = target.received.length
  later(3600)
  await deliveries.deliverDue()
  expect(target.received).toHaveLength(before)
  target.answer = 200
  await caller.webhook.update({ webhook_id, enabled: true })
  await deliveries.deliverDue()
  expect(ids().slice(before)).toEqual(seqs(1, 2))
})

test('a receiver that is gone (410) is disabled at once', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(2)
  target.answer = 410
  await deliveries.deliverDue()
  later(5)
  await deliveries.deliverDue()
  expect(ids()).toEqual([`${user_id}:1`])
  expect(await caller.webhook.get({ webhook_id })).toMatchObject({ enabled: false, disabled_reason: 'gone' })
})

test('an address that says that it is gone (410) after it was replaced does not disable the webhook', async () => {
  const next = await receiver()
  try {
    const { id: webhook_id } = await caller.webhook.create({ url: target.url })
    await createTasks(2)
    let wasReplaced = false
    target.answer = (response) => {
      void caller.webhook
        .update({ webhook_id, url: next.url })
        .then(() => (wasReplaced = true))
        .finally(() => response.writeHead(410).end())
    }
    await deliveries.deliverDue()
    expect(wasReplaced).toBe(true)
    expect(await caller.webhook.get({ webhook_id })).toMatchObject({ enabled: true, disabled_reason: null })
    expect(next.received.map(({ id }) => id)).toEqual(seqs(1, 2))
    expect(target.received).toHaveLength(1)
  } finally {
    await next.close()
  }
})

test('a redirect is a failure and is not followed', async () => {
  const other = await receiver()
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  target.answer = (response) => response.writeHead(302, { location: other.url }).end()
  await createTasks(1)
  await deliveries.deliverDue()
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { status: 'pending', response_status: 302 },
  ])
  expect(other.received).toEqual([])
  await other.close()
})

test('a receiver that hangs fails', async () => {
  const hurried = deliveriesWith({ timeoutMs: 300 })
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  target.answer = () => {}
  await createTasks(1)
  await hurried.deliverDue()
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { seq: 1, status: 'pending', response_status: null, error: 'No response within 0.3 s' },
  ])
  await hurried.stop()
})

test('a webhook does not wait for another', async () => {
  const other = await receiver()
  await caller.webhook.create({ url: target.url })
  await caller.webhook.create({ url: other.url })
  let answer = () => {}
  target.answer = (response) => (answer = () => response.end())
  await createTasks(3)
  const delivering = Promise.allSettled([deliveries.deliverDue()])
  await expect.poll(() => [target.received.length, other.received.length]).toEqual([1, 3])
  target.answer = 200
  answer()
  await delivering
  expect(ids()).toEqual(seqs(1, 3))
  await other.close()
})

test('an endless response does not matter once its status is known', async () => {
  await caller.webhook.create({ url: target.url })
  target.answer = (response) => {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'.repeat(30_000)), 5)
    response.on('close', () => clearInterval(more))
  }
  await createTasks(2)
  await deliveries.deliverDue()
  expect(ids()).toEqual(seqs(1, 2))
})

test('a test event is sent once, also while changes fail', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  target.answer = 500
  await createTasks(1)
  await deliveries.deliverDue()
  const { id } = await caller.webhook.test({ webhook_id })
  await deliveries.deliverDue()
  later(3600 * 24)
  await deliveries.deliverDue()
  const tests = target.received.filter(({ event }) => event.type === 'test')
  expect(tests.map(({ event }) => event.data)).toEqual([{ webhook_id }])
  const { items } = await caller.webhook.deliveries({ webhook_id })
  expect(items.find((one) => one.id === id)).toMatchObject({ type: 'test', seq: null, status: 'failed', attempts: 1 })
})

test('a delivery is sent again on request, with the same id', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(2)
  await deliveries.deliverDue()
  const { items } = await caller.webhook.deliveries({ webhook_id })
  const first = items.at(-1)?.id ?? 0
  expect(await caller.webhook.redeliver({ webhook_id, delivery_id: first })).toMatchObject({ status: 'pending' })
  await deliveries.deliverDue()
  expect(ids()).toEqual([...seqs(1, 2), `${user_id}:1`])
  expect(target.received[2]?.body).toBe(target.received[0]?.body)
  // One that waits for its next attempt is tried at once, in its place.
  target.answer = 500
  await createTasks(2)
  await deliveries.deliverDue()
  target.answer = 200
  const waiting = (await caller.webhook.deliveries({ webhook_id })).items[0]?.id ?? 0
  await caller.webhook.redeliver({ webhook_id, delivery_id: waiting })
  await deliveries.deliverDue()
  expect(ids().slice(4)).toEqual(seqs(3, 4))
})

test('a webhook for reminders alone gets no changes, and does not count as behind', async () => {
  const before = await deliveries.lag()
  await caller.webhook.create({ url: target.url, events: ['reminder'] })
  await createTasks(2)
  expect(await deliveries.lag()).toBe(before)
  await caller.webhook.create({ url: target.url })
  await createTasks(3)
  expect(await deliveries.lag()).toBe(before + 3)
  await deliveries.deliverDue()
  expect(ids()).toEqual(seqs(3, 5))
})

test('changes that were purged meanwhile are skipped, and the deliveries say so', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(4)
  await fixture.services.db.change.deleteMany({ where: { user_id, seq: { lte: 2 } } })
  await deliveries.deliverDue()
  expect(ids()).toEqual(seqs(3, 4))
  const { items } = await caller.webhook.deliveries({ webhook_id })
  expect(items.at(-1)).toMatchObject({
    type: 'expired',
    status: 'failed',
    error: 'The log no longer holds the changes 1 to 2',
  })
})

test('two replicas deliver every change once and in order', async () => {
  const replicas = [deliveriesWith({}), deliveriesWith({})]
  await caller.webhook.create({ url: target.url })
  await caller.webhook.create({ url: `${target.url}/other` })
  const writing = createTasks(40)
  for (const replica of replicas) replica.start()
  await writing
  await expect.poll(() => target.received.length).toBe(80)
  await Promise.all(replicas.map((replica) => replica.stop()))
  const counted = Map.groupBy(ids(), (id) => id)
  expect([...counted.keys()]).toEqual(seqs(1, 40))
  expect([...counted.values()].every(({ length }) => length === 2)).toBe(true)
})

test('what a stop interrupts is delivered by the next process', async () => {
  const first = deliveriesWith({})
  await caller.webhook.create({ url: target.url })
  await createTasks(2)
  target.answer = () => {}
  first.start()
  await expect.poll(() => target.received.length).toBe(1)
  await first.stop()
  target.answer = 200
  await deliveries.deliverDue()
  expect(ids()).toEqual([...seqs(1, 1), ...seqs(1, 2)])
})

test('a stop closes the connections to receivers', async () => {
  const opened: Socket[] = []
  const port = Number(new URL(target.url).port)
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => socket.remotePort === port && opened.push(socket))
  }
  await caller.webhook.create({ url: target.url })
  await createTasks(1)
  const loop = deliveriesWith({})
  subscribe('net.client.socket', onSocket)
  await loop.deliverDue()
  unsubscribe('net.client.socket', onSocket)
  expect(opened).not.toEqual([])
  await loop.stop()
  expect(opened.filter(({ destroyed }) => !destroyed)).toEqual([])
})

test('a name is judged by the address that it resolves to when it is connected to', async () => {
  const answers: string[] = []
  const guarded = deliveriesWith({ resolve: async () => answers })
  const { port } = new URL(target.url)
  // One host name that tests may connect to: what matters is what it resolves to, anew each time.
  const { id: webhook_id } = await caller.webhook.create({ url: `http://localhost:${port}/`, events: ['reminder'] })
  const forbidden = [
    '169.254.169.254',
    '0.0.0.0',
    'fe80::1',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '224.0.0.1',
    'x',
  ]
  for (const addresses of [...forbidden.map((address) => ['127.0.0.1', address]), [], ['127.0.0.1']]) {
    answers.splice(0, answers.length, ...addresses)
    await caller.webhook.test({ webhook_id })
    await guarded.deliverDue()
  }
  const { items } = await caller.webhook.deliveries({ webhook_id })
  const [last, ...others] = items
  expect(last).toMatchObject({ status: 'delivered', error: null })
  expect(others).toHaveLength(forbidden.length + 1)
  expect(new Set(others.map(({ error }) => error))).toEqual(new Set(['The address is not allowed']))
  expect(target.received).toHaveLength(1)
  await guarded.stop()
})

test('a literal address that is stored already is judged again before each connection', async () => {
  const strict = webhookDeliveries({ ...services, allowPrivateWebhooks: false })
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  await createTasks(1)
  await strict.deliverDue()
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { status: 'pending', error: 'The address is not allowed' },
  ])
  expect(target.received).toEqual([])
  await strict.stop()
})

test('a user id that is not ASCII is encoded in the id of an event', async () => {
  const other = fixture.caller('änn', { services })
  await other.webhook.create({ url: target.url })
  await other.task.create({ title: 'x' })
  await deliveries.deliverDue()
  expect(ids()).toEqual(['%C3%A4nn:1'])
  expect(target.received[0]?.event.data.after.user_id).toBe('änn')
})

test('deliveries that ended a week ago are purged, and those that wait are not', async () => {
  const { id: webhook_id } = await caller.webhook.create({ url: target.url })
  target.answer = (response, { id }) => response.writeHead(id.endsWith(':3') ? 500 : 200).end()
  await createTasks(3)
  await deliveries.deliverDue()
  const { db } = fixture.services
  const old = new Date(Date.now() - 8 * 86_400_000)
  await db.webhookDelivery.updateMany({ where: { user_id, seq: { not: 2 } }, data: { created_at: old } })
  expect(await purgeDeliveries(db)).toBe(1)
  expect((await caller.webhook.deliveries({ webhook_id })).items.map(({ seq }) => seq)).toEqual([3, 2])
})

test('what waits for a disabled webhook is purged after a week', async () => {
  const { db } = fixture.services
  const created_at = new Date(Date.now() - 8 * 24 * 3_600_000)
  const kept: number[] = []
  for (const enabled of [true, false]) {
    const { id: webhook_id } = await caller.webhook.create({ url: target.url })
    await caller.webhook.test({ webhook_id })
    await caller.webhook.update({ webhook_id, enabled })
    await db.webhookDelivery.updateMany({ where: { webhook_id }, data: { created_at } })
    if (enabled) kept.push(webhook_id)
  }
  await purgeDeliveries(db)
  const left = await db.webhookDelivery.findMany({ where: { user_id } })
  expect(left.map(({ webhook_id }) => webhook_id)).toEqual(kept)
})

test('nothing was logged', () => {
  expect(fixture.logged).toEqual([])
})
