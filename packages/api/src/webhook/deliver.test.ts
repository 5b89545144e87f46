import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices, type Caller } from '../../testing/services.ts'
import { deliverTo } from './deliver.ts'
import { claimWebhooks, type LeasedWebhook } from './lease.ts'
import type { Outcome, Post } from './post.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql } = api.services

let caller: Caller
let user_id: string
let webhook_id: number
let posts: Post[]
/** What happens while a request is on its way, and how it is answered. */
let answer: (post: Post) => Promise<Outcome>
let stop: { requested: AbortController; now: AbortController }
beforeEach(async () => {
  user_id = newUser()
  caller = api.caller(user_id)
  webhook_id = (await caller.webhook.create({ url: 'https://example.com/hook' })).id
  posts = []
  answer = async () => ({ status: 200 })
  stop = { requested: new AbortController(), now: new AbortController() }
})

async function createTasks(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await caller.task.create({ title: `task ${n}` })
}

async function leased(): Promise<LeasedWebhook> {
  const claim = { now: new Date(), leaseMs: 600_000, limit: 100, perUser: 10, served: new Map<string, number>() }
  const hook = (await claimWebhooks(sql, claim)).find((one) => one.user_id === user_id)
  if (hook === undefined) throw new Error('a due webhook was not claimed')
  return hook
}

async function deliver(hook: LeasedWebhook, servedMs = 600_000): Promise<void> {
  const poster = {
    post: (post: Post) => {
      posts.push(post)
      return answer(post)
    },
    close() {},
  }
  const delivering = { db, sql, poster, now: () => new Date(), leaseMs: 600_000, servedMs }
  await deliverTo(delivering, hook, { requested: stop.requested.signal, now: stop.now.signal })
}

const stored = () => db.webhook.findFirstOrThrow({ where: { user_id, id: webhook_id } })
const sent = () => posts.map(({ headers }) => headers['webhook-id']?.slice(user_id.length + 1))

test('all changes are delivered, however many are read at once, and the webhook is given back', async () => {
  await createTasks(53)
  await deliver(await leased())
  expect(sent()).toEqual(Array.from({ length: 53 }, (_, n) => String(n + 1)))
  expect(await stored()).toMatchObject({ seq: 53, lease: null })
})

test('a change that fails holds up those behind it, but no queued event', async () => {
  await createTasks(2)
  await caller.webhook.test({ webhook_id })
  answer = async ({ headers }) => ({ status: headers['webhook-id']?.includes('test') === true ? 200 : 500 })
  await deliver(await leased())
  expect(sent()).toEqual([expect.stringContaining('test:'), '1'])
  expect(await stored()).toMatchObject({ seq: 0, attempts: 1, lease: null })
  // Until its time comes only what is queued is sent.
  await caller.webhook.test({ webhook_id })
  await deliver(await leased())
  expect(posts).toHaveLength(3)
})

test('after a request for a stop no further event is sent, and the webhook is given back', async () => {
  await createTasks(3)
  answer = async () => {
    stop.requested.abort()
    return { status: 200 }
  }
  await deliver(await leased())
  expect(sent()).toEqual(['1'])
  expect(await stored()).toMatchObject({ seq: 1, lease: null })
})

test('after a request for a stop the queued events wait, too', async () => {
  for (let n = 0; n < 12; n++) await caller.webhook.test({ webhook_id })
  answer = async () => {
    stop.requested.abort()
    return { status: 200 }
  }
  await deliver(await leased())
  expect(posts.length).toBeLessThan(12)
  expect(await stored()).toMatchObject({ lease: null })
})

test('what a stop interrupts is neither recorded nor sent again, and the webhook is given back', async () => {
  await createTasks(1)
  answer = async () => {
    stop.requested.abort()
    stop.now.abort()
    throw new Error('aborted')
  }
  await deliver(await leased())
  expect(posts).toHaveLength(1)
  expect(await stored()).toMatchObject({ seq: 0, attempts: 0, lease: null })
  expect(await db.webhookDelivery.count({ where: { user_id } })).toBe(0)
})

test('whoever has lost the lease sends nothing more, and leaves it to its holder', async () => {
  await createTasks(2)
  answer = async () => {
    await db.webhook.updateMany({ where: { user_id }, data: { lease: 'of another process' } })
    return { status: 200 }
  }
  await deliver(await leased())
  expect(sent()).toEqual(['1'])
  expect(await stored()).toMatchObject({ seq: 0, lease: 'of another process' })
})

test('a webhook that its user disables meanwhile gets nothing more', async () => {
  await createTasks(2)
  answer = async () => {
    await caller.webhook.update({ webhook_id, enabled: false })
    return { status: 200 }
  }
  await deliver(await leased())
  expect(sent()).toEqual(['1'])
})

test('a turn without time is one attempt of each kind', async () => {
  await createTasks(3)
  for (let n = 0; n < 3; n++) await caller.webhook.test({ webhook_id })
  await deliver(await leased(), 0)
  expect(sent()).toEqual([expect.stringContaining('test:'), '1'])
})

test('changes that are no longer in the log are skipped once, and the next ones delivered', async () => {
  await createTasks(3)
  const hook = await leased()
  await db.change.deleteMany({ where: { user_id } })
  await deliver(hook)
  expect(await stored()).toMatchObject({ seq: 3, lease: null })
  const deliveries = await db.webhookDelivery.findMany({ where: { user_id } })
  expect(deliveries).toMatchObject([
    { event_key: 'expired:3', seq: 3, type: 'expired', status: 'failed', queued: false, attempts: 1 },
  ])
  await createTasks(1)
  await deliver(await leased())
  expect(sent()).toEqual(['4'])
})

test('a change that is to be sent again and is no longer in the log ends as failed', async () => {
  await createTasks(1)
  await deliver(await leased())
  const [delivery] = (await caller.webhook.deliveries({ webhook_id })).items
  await caller.webhook.redeliver({ webhook_id, delivery_id: delivery?.id ?? 0 })
  await db.change.deleteMany({ where: { user_id } })
  await deliver(await leased())
  expect(posts).toHaveLength(1)
  expect((await caller.webhook.deliveries({ webhook_id })).items).toMatchObject([
    { status: 'failed', error: 'The log no longer holds this change', response_status: null, next_attempt_at: null },
  ])
})
