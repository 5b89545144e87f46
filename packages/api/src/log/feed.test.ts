import { ConnectionError } from '@taskwire/db'
import { isTrackedEnvelope } from '@trpc/server'
import { afterAll, expect, test } from 'vitest'
import type { Principal } from '../core/services.ts'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import { changeFeed } from './feed.ts'
import type { Change } from './schema.ts'

const api = await testServices()
const other = api.replica()
afterAll(api.close)

function principal(user_id: string, details: Partial<Principal> = {}): Principal {
  return { user_id, kind: 'issued', scope: 'write', actor: null, email: null, name: null, expires_at: null, ...details }
}

/** The next `count` changes of a stream. */
async function take(stream: AsyncIterator<Change>, count: number): Promise<Change[]> {
  const changes: Change[] = []
  while (changes.length < count) {
    const { done, value } = await stream.next()
    if (done === true) throw new Error(`the stream ended after ${changes.length} of ${count}`)
    changes.push(value)
  }
  return changes
}

const seqs = (changes: readonly Change[]) => changes.map(({ seq }) => seq)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

async function createMany(user_id: string, count: number, replica = api): Promise<void> {
  for (let n = 0; n < count; n++) await replica.caller(user_id).task.create({ title: `task ${n}` })
}

/** Inserts tasks with one SQL statement, past the API: no listener is notified. */
async function createByHand(user_id: string, count: number): Promise<void> {
  const text = `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'task ' || n FROM generate_series(1, $2) n`
  await api.services.sql({ text, values: [user_id, count] })
}

test('a listener gets the changes of its own replica and of another, in order', async () => {
  const user_id = newUser()
  const stream = await api.services.feed.subscribe(principal(user_id), undefined)
  await api.caller(user_id).task.create({ title: 'here' })
  await other.caller(user_id).task.create({ title: 'there' })
  const changes = await take(stream, 2)
  expect(changes.map(({ seq, after }) => [seq, after?.title])).toEqual([
    [1, 'here'],
    [2, 'there'],
  ])
  await stream.return()
})

test('a write made directly in SQL reaches listeners too', async () => {
  const user_id = newUser()
  const stream = await api.services.feed.subscribe(principal(user_id), undefined)
  await createByHand(user_id, 1)
  expect((await take(stream, 1)).map(({ via }) => via)).toEqual(['sql'])
  await stream.return()
})

test('a listener without a position starts at the end of the log, even if others listened before', async () => {
  const user_id = newUser()
  const idle = changeFeed({ db: api.services.db, log: api.services.log, pollMs: 3_600_000 })
  const first = await idle.subscribe(principal(user_id), undefined)
  await createByHand(user_id, 3)
  const second = await idle.subscribe(principal(user_id), undefined)
  await createByHand(user_id, 1)
  idle.notify(user_id)
  expect(seqs(await take(second, 1))).toEqual([4])
  expect(seqs(await take(first, 4))).toEqual([1, 2, 3, 4])
  idle.close()
})

test('a listener with a position first gets the changes that it missed, then new ones, each once', async () => {
  const user_id = newUser()
  await createMany(user_id, 5)
  const stream = await api.services.feed.subscribe(principal(user_id), 2)
  await createMany(user_id, 2)
  expect(seqs(await take(stream, 5))).toEqual([3, 4, 5, 6, 7])
  await stream.return()
})

test('subscribing from a position ahead of the log or before its first kept change fails with changes_expired', async () => {
  const user_id = newUser()
  await createMany(user_id, 3)
  await api.services.db.change.deleteMany({ where: { user_id, seq: 1 } })
  const { feed } = api.services
  const before = feed.subscriptions()
  expect(await apiErrorOf(feed.subscribe(principal(user_id), 4))).toMatchObject({
    reason: 'changes_expired',
    status: 410,
  })
  expect(await apiErrorOf(feed.subscribe(principal(user_id), 0))).toMatchObject({ reason: 'changes_expired' })
  // Whoever was refused listens no more.
  expect(feed.subscriptions()).toBe(before)
  const stream = await feed.subscribe(principal(user_id), 1)
  expect(seqs(await take(stream, 2))).toEqual([2, 3])
  await stream.return()
})

test('a slow listener loses nothing although its queue is bounded', async () => {
  const user_id = newUser()
  const slow = await api.services.feed.subscribe(principal(user_id), undefined)
  const quick = await api.services.feed.subscribe(principal(user_id), undefined)
  for (let n = 0; n < 4; n++) {
    await createByHand(user_id, 250)
    await take(quick, 250)
  }
  expect(seqs(await take(slow, 1000))).toEqual(upTo(1000))
  await slow.return()
  await quick.return()
})

test('a listener whose next change was purged gets changes_expired and does not loop', async () => {
  const user_id = newUser()
  const stream = await api.services.feed.subscribe(principal(user_id), undefined)
  const quick = await api.services.feed.subscribe(principal(user_id), undefined)
  await createByHand(user_id, 600)
  await take(quick, 600)
  await api.services.db.change.deleteMany({ where: { user_id } })
  expect(await apiErrorOf(take(stream, 1))).toMatchObject({ reason: 'changes_expired' })
  await quick.return()
})

test('a listener whose log was reset gets changes_expired', async () => {
  const user_id = newUser()
  await createMany(user_id, 3)
  const stream = await api.services.feed.subscribe(principal(user_id), undefined)
  await api.services.db.$transaction([
    api.services.db.change.deleteMany({ where: { user_id } }),
    api.services.db.changeCounter.update({ where: { user_id }, data: { seq: 1 } }),
  ])
  expect(await apiErrorOf(take(stream, 1))).toMatchObject({ reason: 'changes_expired' })
})

test('a user has at most ten listeners, and a listener that returns frees its slot', async () => {
  const user_id = newUser()
  const { feed } = api.services
  const streams = await Promise.all(upTo(10).map(() => feed.subscribe(principal(user_id), undefined)))
  expect(await apiErrorOf(feed.subscribe(principal(user_id), undefined))).toMatchObject({ reason: 'rate_limited' })
  await createMany(user_id, 1)
  for (const stream of streams) {
    await take(stream, 1)
    await stream.return()
  }
  const again = await feed.subscribe(principal(user_id), 0)
  expect(seqs(await take(again, 1))).toEqual([1])
  await again.return()
})

test('a listener that never reads frees its slot by aborting', async () => {
  const user_id = newUser()
  const { feed } = api.services
  const cut = new AbortController()
  await Promise.all(upTo(10).map(() => feed.subscribe(principal(user_id), undefined, cut.signal)))
  cut.abort()
  const after = await feed.subscribe(principal(user_id), undefined)
  await createMany(user_id, 1)
  expect(seqs(await take(after, 1))).toEqual([1])
  await after.return()
})

test('only the counters of users with listeners are polled', async () => {
  const [gone, there] = [newUser(), newUser()]
  const polled: unknown[] = []
  const { changeCounter } = api.services.db
  const findMany = (args: { where: { user_id: { in: string[] } } }) => {
    polled.push(args.where.user_id.in)
    return changeCounter.findMany(args)
  }
  const db = new Proxy(api.services.db, {
    get: (target, property, receiver) =>
      property === 'changeCounter' ? { ...changeCounter, findMany } : Reflect.get(target, property, receiver),
  })
  const feed = changeFeed({ db, log: api.services.log, pollMs: 5 })
  const leaving = await feed.subscribe(principal(gone), undefined)
  await expect.poll(() => polled).toContainEqual([gone])
  await createByHand(gone, 1)
  await take(leaving, 1)
  await leaving.return()
  const cut = new AbortController()
  await feed.subscribe(principal(gone), undefined, cut.signal)
  cut.abort()
  const staying = await feed.subscribe(principal(there), undefined)
  await expect.poll(() => polled.at(-1)).toEqual([there])
  await staying.return()
  feed.close()
})

test('a listener that subscribes while the last one returns misses nothing', async () => {
  const user_id = newUser()
  for (let round = 0; round < 20; round++) {
    const leaving = await api.services.feed.subscribe(principal(user_id), undefined)
    const pending = leaving.next()
    const write = createMany(user_id, 1)
    const next = api.services.feed.subscribe(principal(user_id), round)
    await Promise.all([pending, write])
    await leaving.return()
    const stream = await next
    expect(seqs(await take(stream, 1))).toEqual([round + 1])
    await stream.return()
  }
})

test('a listener ends when its token expires, even at a fraction of a millisecond', async () => {
  const user_id = newUser()
  const ends = principal(user_id, { expires_at: (Date.now() + 200.5) / 1000 })
  const stream = await api.services.feed.subscribe(ends, undefined)
  expect(await stream.next()).toEqual({ done: true, value: undefined })
})

test('a listener ends when its key is revoked', async () => {
  const user_id = newUser()
  const revoked = principal(user_id, { kind: 'api_key', isStillValid: () => Promise.resolve(false) })
  const stream = await api.services.feed.subscribe(revoked, undefined)
  expect(await stream.next()).toEqual({ done: true, value: undefined })
})

test('closing the feed ends every listener, and a later listener ends immediately', async () => {
  const user_id = newUser()
  const { services, close } = api.replica()
  const stream = await services.feed.subscribe(principal(user_id), undefined)
  const pending = stream.next()
  services.feed.close()
  expect(await pending).toEqual({ done: true, value: undefined })
  const late = await services.feed.subscribe(principal(user_id), undefined)
  expect(await late.next()).toEqual({ done: true, value: undefined })
  await close()
})

/** The test database behind a network that the test can cut. */
function cuttableDatabase() {
  const network = { cut: false }
  const db = new Proxy(api.services.db, {
    get(target, property, receiver) {
      if (network.cut) throw new ConnectionError('CONNECTION_LOST', 'Connection terminated unexpectedly')
      return Reflect.get(target, property, receiver)
    },
  })
  return { db, network }
}

test('subscribing fails while the database is unavailable, and listeners continue once it is back', async () => {
  const user_id = newUser()
  const { db, network } = cuttableDatabase()
  const feed = changeFeed({ db, log: api.services.log, pollMs: 20 })
  network.cut = true
  await expect(feed.subscribe(principal(user_id), undefined)).rejects.toThrow('Connection terminated')
  network.cut = false
  const stream = await feed.subscribe(principal(user_id), undefined)
  network.cut = true
  const logged = api.logged.length
  await createMany(user_id, 1)
  await expect.poll(() => api.logged.length).toBeGreaterThan(logged)
  network.cut = false
  expect(seqs(await take(stream, 1))).toEqual([1])
  feed.close()
})

test('a stream that fails after its first change reports the same error as a call, and its cause is logged', async () => {
  const user_id = newUser()
  await createByHand(user_id, 300)
  const { db, network } = cuttableDatabase()
  const feed = changeFeed({ db, log: api.services.log })
  const caller = api.caller(user_id, { services: { ...api.services, feed } })
  const stream = await caller.change.subscribe({ since: 0 })
  const logged = api.logged.length
  const read = async () => {
    for await (const _ of stream) network.cut = true
  }
  expect(await apiErrorOf(read())).toMatchObject({ reason: 'database_unavailable', status: 503 })
  expect(api.logged.slice(logged).map(({ message }) => message)).toContain('The database does not answer')
  feed.close()
})

test('a subscription resumes after lastEventId, or after since if there is none', async () => {
  const user_id = newUser()
  await createMany(user_id, 3)
  const caller = api.caller(user_id)
  for (const [input, first] of [
    [{ since: 1 }, '2'],
    [{ since: 1, lastEventId: '2' }, '3'],
  ] as const) {
    for await (const event of await caller.change.subscribe(input)) {
      if (!isTrackedEnvelope(event)) throw new Error('not tracked')
      const [id, change] = event
      expect([id, change]).toEqual([first, expect.objectContaining({ seq: Number(first), kind: 'created' })])
      break
    }
  }
})

test('an invalid subscription fails before the stream starts', async () => {
  const caller = api.caller(newUser())
  expect(await apiErrorOf(caller.change.subscribe({ since: 7 }))).toMatchObject({ reason: 'changes_expired' })
  expect(await apiErrorOf(caller.change.subscribe({ lastEventId: '9999999999' }))).toMatchObject({
    reason: 'changes_expired',
  })
  expect(await apiErrorOf(caller.change.subscribe({ lastEventId: 'x' }))).toMatchObject({ reason: 'validation_failed' })
})
