import { newUser, signedToken } from '@taskwire/api/testing'
import { getUntypedClient } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isTaskwireError, type TaskwireError } from './error.ts'
import { anyFault, faultyFetch, proxyAnswer, testServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

async function failure(call: Promise<unknown>): Promise<TaskwireError> {
  const error: unknown = await call.then(
    (answer) => new Error(`expected a failure, got ${JSON.stringify(answer)}`),
    (cause: unknown) => cause,
  )
  if (isTaskwireError(error)) return error
  throw error
}

const titles = async (user: string) =>
  (await server.caller(user).task.list({ limit: 200 })).items.map(({ title }) => title)

describe('batches', () => {
  test('calls made at the same moment share a request, at most ten', async () => {
    const fetch = faultyFetch()
    const client = server.client(newUser(), { fetch })
    const made = await Promise.all(Array.from({ length: 25 }, (_, n) => client.task.create.mutate({ title: `${n}` })))
    expect(made.map(({ title }) => title)).toEqual(Array.from({ length: 25 }, (_, n) => `${n}`))
    expect(fetch.requests.length).toBe(3)
    await Promise.all(made.map(({ id }) => client.task.get.query({ task_id: id })))
    expect(fetch.requests.length).toBe(6)
  })

  test('URLs stay short, and a query that is too long for a batch is sent alone', async () => {
    const fetch = faultyFetch()
    const client = server.client(newUser(), { fetch })
    const search = (n: number) => client.task.list.query({ search: `${n}`.repeat(400) })
    await Promise.all(Array.from({ length: 9 }, (_, n) => search(n)))
    for (const url of fetch.requests) expect(url.length).toBeLessThanOrEqual(2000)
    expect(fetch.requests.length).toBeGreaterThan(1)
    const { items } = await client.task.list.query({ search: '🦆'.repeat(1000) })
    expect(items).toEqual([])
    expect(fetch.requests.at(-1)).not.toContain('batch=1')
  })

  test('go to the same server, however its URL is written', async () => {
    const user = newUser()
    for (const url of [server.url, `${server.url}/`, `${server.url}/trpc`, `${server.url}/trpc/`]) {
      expect((await server.client(user, { url }).viewer.get.query()).id).toBe(user)
    }
  })

  test('go through other tools of tRPC as well', async () => {
    const user = newUser()
    const untyped = getUntypedClient(server.client(user))
    expect(await untyped.query('viewer.get')).toMatchObject({ id: user })
  })

  test('an input of optional fields may be left out', async () => {
    const user = newUser()
    const client = server.client(user)
    expect(await client.task.list.query()).toEqual({ items: [], next_cursor: null })
    expect(await client.viewer.get.query()).toEqual({ id: user, email: null, name: null })
  })
})

describe('errors', () => {
  test('a stale version is reported with the current task', async () => {
    const client = server.client(newUser())
    const task = await client.task.create.mutate({ title: 'Buy groceries' })
    const now = await client.task.toggle.mutate({ task_id: task.id })
    const error = await failure(client.task.update.mutate({ task_id: task.id, title: 'Buy bread', if_version: 1 }))
    expect(error).toMatchObject({ name: 'TaskwireError', reason: 'version_mismatch', current: now })
    expect(error.request_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(error.data?.httpStatus).toBe(412)
  })

  test('an invalid input names its fields', async () => {
    const error = await failure(server.client(newUser()).task.create.mutate({ title: '' }))
    expect(error.reason).toBe('validation_failed')
    expect(error.fields.map(({ loc }) => loc)).toEqual([['title']])
  })

  test('an error of one call leaves the others of its batch alone', async () => {
    const client = server.client(newUser())
    const outcomes = await Promise.allSettled([
      client.task.create.mutate({ title: 'fine' }),
      client.task.toggle.mutate({ task_id: 1_000_000 }),
      client.task.create.mutate({ title: 'fine too' }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('a server that does not run is unreachable', async () => {
    const error = await failure(
      server.client(newUser(), { url: 'http://127.0.0.1:9', retry: { maxRetries: 0 } }).task.list.query(),
    )
    expect(error.reason).toBe('unreachable')
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('an error before tRPC has a reason of the same table', async () => {
    const answer = { detail: 'The headers are too large', code: 'headers_too_large', request_id: 'r-1' }
    const fetch = faultyFetch(() => Response.json(answer, { status: 431 }))
    const error = await failure(server.client(newUser(), { fetch }).task.list.query())
    expect(error).toMatchObject({ reason: 'headers_too_large', request_id: 'r-1', message: answer.detail })
    expect(fetch.requests.length).toBe(1)
  })

  test('a response from another kind of server is unexpected and not retried', async () => {
    const fetch = faultyFetch(() => proxyAnswer(200))
    expect((await failure(server.client(newUser(), { fetch }).task.list.query())).reason).toBe('unexpected')
    expect(fetch.requests.length).toBe(1)
  })
})

describe('retries', () => {
  test.each(['refused', 'dropped', 'cut'] as const)('a write whose response was %s is done once', async (fault) => {
    const user = newUser()
    const fetch = faultyFetch((n) => (n <= 2 ? fault : undefined))
    const task = await server.client(user, { fetch }).task.create.mutate({ title: 'once' })
    expect(task).toMatchObject({ title: 'once', version: 1 })
    expect(fetch.requests.length).toBe(3)
    expect(await titles(user)).toEqual(['once'])
  })

  test('a toggle whose response was lost is not applied twice', async () => {
    const user = newUser()
    const { id } = await server.client(user).task.create.mutate({ title: 'flip' })
    const fetch = faultyFetch((n) => (n === 1 ? 'dropped' : undefined))
    const task = await server.client(user, { fetch }).task.toggle.mutate({ task_id: id })
    expect(task).toMatchObject({ completed: true, version: 2 })
  })

  test.each([
    ['502', proxyAnswer.bind(null, 502)],
    ['503', proxyAnswer.bind(null, 503)],
    ['429', proxyAnswer.bind(null, 429)],
  ])('a call that a proxy fails with %s is retried', async (_status, answer) => {
    const user = newUser()
    const fetch = faultyFetch((n) => (n === 1 ? answer() : undefined))
    await server.client(user, { fetch }).task.create.mutate({ title: 'once' })
    expect(await titles(user)).toEqual(['once'])
  })

  test('a retry waits for Retry-After', async () => {
    const fetch = faultyFetch((n) => (n === 1 ? proxyAnswer(503, { 'retry-after': '1' }) : undefined))
    const begun = performance.now()
    await server.client(newUser(), { fetch }).task.list.query()
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1000)
  })

  test('a wait beyond the timeout is not started', async () => {
    const fetch = faultyFetch(() => proxyAnswer(429, { 'retry-after': '60' }))
    const error = await failure(server.client(newUser(), { fetch }).task.list.query())
    expect(error).toMatchObject({ reason: 'rate_limited', retryAfter: 60 })
    expect(fetch.requests).toHaveLength(1)
  })

  test('a call that never succeeds fails at its timeout', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    // Each attempt takes 400 ms of the second.
    const fetch = faultyFetch(() => {
      vi.setSystemTime(Date.now() + 400)
      return 'refused'
    })
    const error = await failure(server.client(newUser(), { fetch, retry: { timeoutMs: 1000 } }).task.list.query())
    expect(error.reason).toBe('unreachable')
    // The second wait is a random one, and may reach the timeout by itself.
    expect([2, 3]).toContain(fetch.requests.length)
  })

  test('an attempt lasts no longer than what is left of the time of its call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const fetch = () => new Promise<Response>(() => {})
    const retry = { timeoutMs: 1000, attemptTimeoutMs: 600_000 }
    let reason: string | undefined
    void failure(server.client(newUser(), { fetch, retry }).task.list.query()).then((error) => (reason = error.reason))
    await vi.advanceTimersByTimeAsync(999)
    expect(reason).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(reason).toBe('unreachable')
  })

  test('an attempt without a response is aborted and retried', async () => {
    const user = newUser()
    const line = faultyFetch()
    let asked = 0
    const fetch: typeof line = Object.assign(
      (input: RequestInfo | URL, init?: RequestInit) =>
        ++asked === 1
          ? new Promise<Response>((_, reject) => {
              init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
            })
          : line(input, init),
      { requests: line.requests },
    )
    await server.client(user, { fetch, retry: { attemptTimeoutMs: 2000 } }).task.create.mutate({ title: 'late' })
    expect(await titles(user)).toEqual(['late'])
  })

  test('an error that a retry cannot fix is not retried', async () => {
    const fetch = faultyFetch()
    const client = server.client(newUser(), { fetch })
    expect((await failure(client.task.get.query({ task_id: 7 }))).reason).toBe('task_not_found')
    expect(fetch.requests.length).toBe(1)
  })

  test('a write without a key is not retried after a lost response', async () => {
    const fetch = faultyFetch(() => 'dropped')
    const client = server.client(newUser(), { fetch })
    expect((await failure(client.conversation.delete.mutate({ conversation_id: 1 }))).reason).toBe('unreachable')
    expect(fetch.requests.length).toBe(1)
  })

  test("the caller's own key is kept", async () => {
    const user = newUser()
    const client = server.client(user)
    const create = () => client.task.create.mutate({ title: 'mine', idempotency_key: 'the-callers-own' })
    expect(await create()).toEqual(await create())
    expect(await titles(user)).toEqual(['mine'])
  })

  test('an abort ends a call at once, even between two attempts', async () => {
    const leaving = new AbortController()
    const fetch = faultyFetch(() => proxyAnswer(503, { 'retry-after': '3600' }))
    const client = server.client(newUser(), { fetch, retry: { timeoutMs: 7_200_000 } })
    const call = failure(client.task.list.query({}, { signal: leaving.signal }))
    await expect.poll(() => fetch.requests).toHaveLength(1)
    leaving.abort()
    expect((await call).reason).toBe('aborted')
    expect((await failure(client.task.list.query({}, { signal: leaving.signal }))).reason).toBe('aborted')
    expect(fetch.requests).toHaveLength(1)
  })

  test('over a line that loses every third request no write is lost or duplicated', async () => {
    const user = newUser()
    const fetch = faultyFetch(() => anyFault(30))
    const client = server.client(user, { fetch, retry: { maxRetries: 100, timeoutMs: 600_000 } })
    const wanted = Array.from({ length: 60 }, (_, n) => `task ${n}`)
    // Not all at once: calls of one moment would share few requests.
    const made = await Promise.all(
      wanted.map(async (title, n) => {
        await new Promise((resolve) => setTimeout(resolve, (n % 50) * 10))
        return client.task.create.mutate({ title })
      }),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(60)
    expect((await titles(user)).toSorted()).toEqual(wanted.toSorted())
  })
})

const expired = (user: string) => signedToken({ sub: user, exp: Math.floor(Date.now() / 1000) - 60 })

describe('a token', () => {
  test('that is fetched is fetched once for all calls', async () => {
    const user = newUser()
    let asked = 0
    const client = server.client(user, { token: () => (asked++, signedToken({ sub: user })) })
    await Promise.all([client.task.list.query(), client.viewer.get.query(), client.task.create.mutate({ title: 'a' })])
    await client.task.list.query()
    expect(asked).toBe(1)
  })

  test('that has expired is renewed once, for all waiting calls', async () => {
    const user = newUser()
    let asked = 0
    const client = server.client(user, { token: () => (asked++ === 0 ? expired(user) : signedToken({ sub: user })) })
    await Promise.all(Array.from({ length: 15 }, (_, n) => client.task.create.mutate({ title: `${n}` })))
    expect(asked).toBe(2)
    expect((await titles(user)).length).toBe(15)
  })

  test('that has expired again is reported, after one retry', async () => {
    const user = newUser()
    let asked = 0
    const token = () => {
      asked++
      return signedToken({ sub: user, jti: String(asked), exp: Math.floor(Date.now() / 1000) - 60 })
    }
    const error = await failure(server.client(user, { token }).task.list.query())
    expect(error.reason).toBe('token_expired')
    expect(asked).toBe(2)
  })

  test('that is a constant is sent once', async () => {
    const user = newUser()
    const fetch = faultyFetch()
    const error = await failure(server.client(user, { token: await expired(user), fetch }).task.list.query())
    expect(error.reason).toBe('token_expired')
    expect(fetch.requests.length).toBe(1)
  })

  test('that cannot be obtained is reported with its cause, and requested again next time', async () => {
    const user = newUser()
    let asked = 0
    const cause = new Error('signed out')
    const client = server.client(user, {
      token: async () => {
        if (asked++ === 0) throw cause
        return signedToken({ sub: user })
      },
    })
    expect(await failure(client.task.list.query())).toMatchObject({ reason: 'token_unavailable', cause })
    expect((await client.viewer.get.query()).id).toBe(user)
  })

  test('whose source is unreachable is requested again', async () => {
    const user = newUser()
    let asked = 0
    const token = () => (asked++ === 0 ? fetch('http://127.0.0.1:9').then(String) : signedToken({ sub: user }))
    expect((await server.client(user, { token }).viewer.get.query()).id).toBe(user)
    expect(asked).toBe(2)
  })
})
