import { fireRemindersAt, newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FiredReminder } from './changes.ts'
import type { TaskwireClient } from './client.ts'
import { TaskwireError } from './error.ts'
import type { Change } from './router.ts'
import { faultyFetch, lineTo, proxyAnswer, testServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** The first `count` changes, and nothing after them. */
async function take(changes: AsyncIterable<Change>, count: number): Promise<Change[]> {
  const taken: Change[] = []
  for await (const change of changes) {
    taken.push(change)
    if (taken.length === count) break
  }
  return taken
}

const seqs = (changes: readonly Change[]) => changes.map(({ seq }) => seq)
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => from + n)
const create = (client: TaskwireClient, count: number) =>
  Promise.all(upTo(count).map((n) => client.task.create.mutate({ title: `task ${n}` })))

describe('changes', () => {
  test('since a seq begin with past changes, in order, and continue live', async () => {
    const client = server.client(newUser())
    await create(client, 5)
    const following = take(client.changes({ since: 2 }), 5)
    await create(client, 2)
    const changes = await following
    expect(seqs(changes)).toEqual([3, 4, 5, 6, 7])
    expect(changes[0]).toMatchObject({ kind: 'created', before: null, via: 'trpc', after: { version: 1 } })
  })

  test('without a seq begin at the end of the log', async () => {
    const user = newUser()
    const near = server.client(user)
    await create(near, 3)
    const fetch = faultyFetch((n) => (n === 2 ? 'refused' : undefined))
    const changes = server.client(user, { fetch }).changes()
    const first = changes.next()
    // The end of the log is known, so changes made from here on are delivered.
    await expect.poll(() => fetch.requests.length).toBe(2)
    await create(near, 1)
    expect((await first).value).toMatchObject({ seq: 4 })
    await changes.return()
  })

  test('made while the connection was cut are not missed', async () => {
    const line = await lineTo(server.url)
    const user = newUser()
    const near = server.client(user)
    const changes = server.client(user, { url: line.url }).changes({ since: 0 })
    await create(near, 1)
    expect((await changes.next()).value?.seq).toBe(1)
    line.cut()
    await create(near, 3)
    expect(seqs(await take(changes, 3))).toEqual([2, 3, 4])
    expect(line.connections()).toBeGreaterThan(1)
    line.close()
  })

  test('report when the connection is established, lost and established again', async () => {
    const line = await lineTo(server.url)
    const user = newUser()
    const near = server.client(user)
    const told: boolean[] = []
    const onConnection = (connected: boolean) => void told.push(connected)
    const changes = server.client(user, { url: line.url }).changes({ since: 0, onConnection })
    await create(near, 1)
    expect((await changes.next()).value?.seq).toBe(1)
    expect(told).toEqual([true])
    line.cut()
    await create(near, 1)
    expect((await changes.next()).value?.seq).toBe(2)
    expect(told).toEqual([true, false, true])
    await changes.return()
    line.close()
  })

  test('report no connection while there is none', async () => {
    const told: boolean[] = []
    const onConnection = (connected: boolean) => void told.push(connected)
    const fetch = faultyFetch((n) => (n === 1 ? 'refused' : undefined))
    const user = newUser()
    const following = take(server.client(user, { fetch }).changes({ since: 0, onConnection }), 1)
    await expect.poll(() => told).toEqual([false, true])
    await create(server.client(user), 1)
    expect(seqs(await following)).toEqual([1])
  })

  test('arrive once and in order over a connection that is cut repeatedly', async () => {
    const line = await lineTo(server.url)
    const user = newUser()
    const near = server.client(user)
    const cutting = setInterval(() => line.cut(), 200)
    const following = take(server.client(user, { url: line.url }).changes({ since: 0 }), 120)
    for (let round = 0; round < 24; round++) {
      await create(near, 5)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    clearInterval(cutting)
    expect(seqs(await following)).toEqual(upTo(120))
    line.close()
  })

  test('continue with a new token when one expires', async () => {
    const user = newUser()
    let asked = 0
    const token = () => {
      asked++
      // Already expired, except for the tolerance of five seconds.
      const exp = Math.floor(Date.now() / 1000) - 4
      return signedToken(asked === 1 ? { sub: user, exp } : { sub: user })
    }
    const near = server.client(user)
    await create(near, 1)
    const changes = server.client(user, { token }).changes({ since: 0 })
    expect((await changes.next()).value?.seq).toBe(1)
    const next = changes.next()
    await expect.poll(() => asked).toBe(2)
    await create(near, 1)
    expect((await next).value?.seq).toBe(2)
    await changes.return()
  })

  test('tell of reminders that fire beside them, if asked to', async () => {
    const client = server.client(newUser())
    const told: FiredReminder[] = []
    const changes = client.changes({ since: 0, onReminder: (reminder) => void told.push(reminder) })
    const { id } = await client.task.create.mutate({ title: 'call', reminders: ['2090-01-01T08:00'] })
    expect((await changes.next()).value?.seq).toBe(1)
    const next = changes.next()
    await fireRemindersAt(server.services, '2090-01-01T08:00:01Z')
    await expect
      .poll(() => told)
      .toMatchObject([{ task_id: id, title: 'call', remind_at: '2090-01-01T08:00:00.000Z', late: false }])
    await create(client, 1)
    expect((await next).value?.seq).toBe(2)
    await changes.return()
  })

  test('end quietly on abort', async () => {
    const leaving = new AbortController()
    const client = server.client(newUser())
    const changes = client.changes({ since: 0, signal: leaving.signal })
    await create(client, 1)
    expect((await changes.next()).value?.seq).toBe(1)
    const next = changes.next()
    leaving.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  test('end quietly on abort while the server is away', async () => {
    const leaving = new AbortController()
    const client = server.client(newUser(), { url: 'http://127.0.0.1:9' })
    setTimeout(() => leaving.abort(), 400)
    expect(await take(client.changes({ since: 0, signal: leaving.signal }), 1)).toEqual([])
    expect(await take(client.changes({ signal: leaving.signal }), 1)).toEqual([])
  })

  test('that the log no longer contains throw changes_expired', async () => {
    const following = take(server.client(newUser()).changes({ since: 5 }), 1)
    await expect(following).rejects.toBeInstanceOf(TaskwireError)
    await expect(following).rejects.toMatchObject({ reason: 'changes_expired' })
  })

  test('with an invalid token throw', async () => {
    const client = server.client(newUser(), { token: 'nonsense' })
    await expect(take(client.changes({ since: 0 }), 1)).rejects.toMatchObject({ reason: 'token_malformed' })
    await expect(take(client.changes(), 1)).rejects.toMatchObject({ reason: 'token_malformed' })
  })

  test('are requested again when a proxy answers 503', async () => {
    const fetch = faultyFetch((n) => (n <= 2 ? proxyAnswer(n === 1 ? 503 : 429) : undefined))
    const client = server.client(newUser(), { fetch })
    const following = take(client.changes({ since: 0 }), 1)
    await expect.poll(() => fetch.requests.length).toBe(3)
    await create(client, 1)
    expect(seqs(await following)).toEqual([1])
  })

  test('from another server end with an error', async () => {
    const client = server.client(newUser(), { fetch: faultyFetch(() => proxyAnswer(200)) })
    await expect(take(client.changes({ since: 0 }), 1)).rejects.toMatchObject({ reason: 'unexpected' })
  })

  test('never put the token into a URL', async () => {
    const fetch = faultyFetch()
    const client = server.client(newUser(), { fetch, token: await signedToken({ sub: 'somebody' }) })
    await create(client, 1)
    await take(client.changes({ since: 0 }), 1)
    expect(fetch.requests.length).toBe(2)
    for (const url of fetch.requests) expect(url).not.toMatch(/ey[A-Za-z0-9_-]{10}|connectionParams/)
  })
})

describe('a subscription in the manner of tRPC', () => {
  test('reports its state, and its events with their ids', async () => {
    const line = await lineTo(server.url)
    const user = newUser()
    const near = server.client(user)
    const told: string[] = []
    const subscription = server.client(user, { url: line.url }).change.subscribe.subscribe(
      { since: 0 },
      {
        onStarted: () => told.push('started'),
        onConnectionStateChange: ({ state }) => told.push(state),
        onData: ({ id, data }) => told.push(`${id}: ${data.kind}`),
      },
    )
    await create(near, 1)
    await expect.poll(() => told).toEqual(['connecting', 'started', 'pending', '1: created'])
    line.cut()
    await create(near, 1)
    await expect.poll(() => told.slice(4)).toEqual(['connecting', 'started', 'pending', '2: created'])
    subscription.unsubscribe()
    line.close()
  })

  test('is an async iterable without callbacks, and throws a typed error', async () => {
    const client = server.client(newUser())
    await create(client, 1)
    for await (const { id, data } of client.change.subscribe.subscribe({ since: 0 })) {
      expect([id, data.seq]).toEqual(['1', 1])
      break
    }
    const expired = client.change.subscribe.subscribe({ since: 9 })
    await expect(expired.next()).rejects.toMatchObject({ name: 'TaskwireError', reason: 'changes_expired' })
  })
})
