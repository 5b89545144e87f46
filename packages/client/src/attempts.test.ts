import { observable } from '@trpc/server/observable'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { safeCalls } from './calls.ts'
import { createTaskwireClient, type TaskwireClientOptions } from './client.ts'
import { isTaskwireError, type TaskwireError } from './error.ts'
import type { Fetch } from './response.ts'
import { tokenSource } from './token.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

interface Sent {
  readonly url: string
  readonly headers: Headers
  /** The input of the first call. */
  readonly input: unknown
  readonly signal: AbortSignal | null | undefined
}

type AnswerTo = (n: number) => Response | Promise<Response>

/** A client, and what it has sent to a server that gives these answers, counted from 1. */
function clientOf(answer: AnswerTo, options: Partial<TaskwireClientOptions> = {}) {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, init) => {
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    const [input] = Array.isArray(body) ? body : Object.values(body ?? {})
    sent.push({
      url: url instanceof Request ? url.url : String(url),
      headers: new Headers(init?.headers),
      input,
      signal: init?.signal,
    })
    return answer(sent.length)
  }
  return { client: createTaskwireClient({ url: 'http://tasks.example', token: 'key', fetch, ...options }), sent }
}

const never = () => new Promise<Response>(() => {})
const lostCall = () => Promise.reject(new TypeError('fetch failed'))
const result = (data: unknown) => Response.json([{ result: { data } }])

function refusal(reason: string, httpStatus: number, retry_after?: number): Response {
  const data = { code: 'X', httpStatus, reason, retry_after }
  return Response.json([{ error: { message: reason, code: -32000, data } }], { status: httpStatus })
}

/** What a call failed with, once all its waits are over. */
async function failure(call: Promise<unknown>, ms = 3_600_000): Promise<TaskwireError> {
  const settled = call.catch((cause: unknown) => cause)
  await vi.advanceTimersByTimeAsync(ms)
  const error: unknown = await settled
  expect(vi.getTimerCount()).toBe(0)
  if (isTaskwireError(error)) return error
  throw new Error('expected a failure', { cause: error })
}

test.each([
  [undefined, 9],
  [0, 1],
  [1, 2],
  [3, 4],
])('with maxRetries: %s a call is sent %i times', async (maxRetries, count) => {
  const { client, sent } = clientOf(lostCall, {
    retry: { timeoutMs: 600_000, ...(maxRetries !== undefined && { maxRetries }) },
  })
  expect((await failure(client.task.list.query())).reason).toBe('unreachable')
  expect(sent).toHaveLength(count)
})

test('an attempt takes 10 s at most, and a call 30 s, and what is given up is aborted', async () => {
  const { client, sent } = clientOf(never)
  let reason: string | undefined
  const failed = client.task.list.query().catch((error: unknown) => isTaskwireError(error) && (reason = error.reason))
  await vi.advanceTimersByTimeAsync(9_999)
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([false])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true])
  await vi.advanceTimersByTimeAsync(19_999)
  expect(reason).toBeUndefined()
  expect(sent).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(1)
  await failed
  expect(reason).toBe('unreachable')
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true, true, true])
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['chat.send', (client: ReturnType<typeof clientOf>['client']) => client.chat.send.mutate({ message: 'hello' })],
  ['chat.stream', (client: ReturnType<typeof clientOf>['client']) => client.chat.stream.mutate({ message: 'hello' })],
  [
    'transfer.import',
    ({ transfer }: ReturnType<typeof clientOf>['client']) =>
      transfer.import.mutate({ source: 'csv', file: 'title\nMilk' }),
  ],
])('%s has the time that long work needs, whatever the limits of other calls', async (_, call) => {
  const { client, sent } = clientOf(never, { retry: { timeoutMs: 10, attemptTimeoutMs: 10 } })
  const failed = expect(call(client)).rejects.toMatchObject({ reason: 'unreachable' })
  await vi.advanceTimersByTimeAsync(149_999)
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([false])
  await vi.advanceTimersByTimeAsync(50_000)
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(1)
  await failed
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['overloaded', 503, undefined, 2],
  ['model_unavailable', 503, 1, 2],
  ['model_unavailable', 503, undefined, 1],
  ['model_timeout', 504, 1, 1],
  ['conversation_busy', 409, 1, 1],
  ['model_misconfigured', 503, 1, 1],
  ['of a newer server', 503, 1, 1],
  ['rate_limited', 429, undefined, 2],
])('a query refused with %s (%i, retry after %s) is sent %i times', async (reason, status, retryAfter, count) => {
  const { client, sent } = clientOf((n) => (n === 1 ? refusal(reason, status, retryAfter) : result({ id: 'ada' })))
  const call = client.viewer.get.query()
  if (count === 1) expect((await failure(call)).reason).toBe(reason)
  else {
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await call).toEqual({ id: 'ada' })
  }
  expect(sent).toHaveLength(count)
})

test('a call whose token is not renewed in time fails at its timeout, and a later one asks for a token again', async () => {
  let asked = 0
  const { client, sent } = clientOf(
    () =>
      sent.at(-1)?.headers.get('authorization') === 'Bearer token 3'
        ? result({ id: 'ada' })
        : refusal('token_expired', 401),
    { token: () => (++asked === 2 ? new Promise<string>(() => {}) : `token ${asked}`), retry: { timeoutMs: 4_000 } },
  )
  let reason: string | undefined
  const failed = client.viewer.get.query().catch((error: unknown) => isTaskwireError(error) && (reason = error.reason))
  await vi.advanceTimersByTimeAsync(3_999)
  expect([reason, asked]).toEqual([undefined, 2])
  await vi.advanceTimersByTimeAsync(1)
  await failed
  expect(reason).toBe('unreachable')
  await vi.advanceTimersByTimeAsync(6_000)
  expect(vi.getTimerCount()).toBe(0)
  expect([await answered(client.viewer.get.query()), asked]).toEqual([{ id: 'ada' }, 3])
})

test('a call that is aborted does not wait for a new token', async () => {
  let asked = 0
  const { client } = clientOf(() => refusal('token_expired', 401), {
    token: () => (++asked === 2 ? new Promise<string>(() => {}) : 'token'),
  })
  const left = new AbortController()
  const failed = expect(client.viewer.get.query({}, { signal: left.signal })).rejects.toMatchObject({
    reason: 'aborted',
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toBe(2)
  left.abort()
  await failed
  await vi.advanceTimersByTimeAsync(10_000)
})

test('a write without a key is repeated after a rate limit only: it had no effect', async () => {
  const limited = clientOf((n) => (n === 1 ? refusal('rate_limited', 429) : result({ deleted: 0 })))
  await answered(limited.client.task.empty_trash.mutate())
  expect(limited.sent.map(({ input }) => input)).toEqual([{}, {}])
  const overloaded = clientOf(() => refusal('overloaded', 503))
  expect((await failure(overloaded.client.task.empty_trash.mutate())).reason).toBe('overloaded')
  expect(overloaded.sent).toHaveLength(1)
})

/** The answer to a call: also a batch is sent by a timer. */
async function answered<T>(call: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(1_000)
  return call
}

const key = /^[0-9a-f]{32}$/

test('a write has one random key in all its attempts, and another write another', async () => {
  const { client, sent } = clientOf((n) => (n % 2 === 1 ? lostCall() : result({ id: 1 })))
  for (const title of ['one', 'two']) await answered(client.task.create.mutate({ title }))
  const inputs = sent.map(({ input }) => input)
  expect(inputs).toEqual([
    { title: 'one', idempotency_key: expect.stringMatching(key) },
    inputs[0],
    { title: 'two', idempotency_key: expect.stringMatching(key) },
    inputs[2],
  ])
  expect(inputs[2]).not.toMatchObject({ idempotency_key: Object(inputs[0]).idempotency_key })
})

test('where a runtime has no crypto keys are random too', async () => {
  vi.stubGlobal('crypto', undefined)
  const { client, sent } = clientOf(() => result({ id: 1 }))
  for (const title of ['one', 'two']) await answered(client.task.create.mutate({ title }))
  const keys = sent.map(({ input }) => Object(input).idempotency_key)
  expect(keys).toEqual([expect.stringMatching(key), expect.stringMatching(key)])
  expect(new Set(keys).size).toBe(2)
})

test('each attempt is sent with the token of the source, and a renewed one counts as no failure', async () => {
  const tokens = ['first', 'second']
  const { client, sent } = clientOf((n) => (n === 1 ? refusal('token_expired', 401) : result({ id: 'ada' })), {
    token: async () => tokens.shift() ?? 'none',
    retry: { maxRetries: 0 },
  })
  expect(await answered(client.viewer.get.query())).toEqual({ id: 'ada' })
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer first', 'Bearer second'])
})

test('a call whose caller has left aborts its request, and is sent no more', async () => {
  const leaving = new AbortController()
  const { client, sent } = clientOf(never)
  const failed = failure(client.task.list.query({}, { signal: leaving.signal }), 1)
  await vi.advanceTimersByTimeAsync(0)
  leaving.abort()
  expect((await failed).reason).toBe('aborted')
  expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true])
})

test('where fetch cannot stream, subscriptions and streamed answers fail, and changes ask in turns', async () => {
  const { client, sent } = clientOf(() => result({ changes: [], next: 7, has_more: false }), { streaming: false })
  const unsupported = { reason: 'streaming_unsupported' }
  await expect(client.chat.stream.mutate({ message: 'hello' })).rejects.toMatchObject(unsupported)
  await expect(client.change.subscribe.subscribe({}).next()).rejects.toMatchObject(unsupported)
  expect(sent).toEqual([])
  const leaving = new AbortController()
  const ended = client.changes({ signal: leaving.signal }).next()
  await vi.advanceTimersByTimeAsync(1_999)
  expect(sent).toHaveLength(1)
  // The batch of the second has a timer of its own.
  await vi.advanceTimersByTimeAsync(2)
  const inputs = sent.map(({ url }) => JSON.parse(new URL(url).searchParams.get('input') ?? 'null'))
  expect(inputs).toEqual([{ 0: {} }, { 0: { since: 7, limit: 200 } }])
  leaving.abort()
  expect(await ended).toEqual({ done: true, value: undefined })
})

test('without a fetch of its own a client uses the one that the runtime has when it calls', async () => {
  const client = createTaskwireClient({ url: 'http://tasks.example', token: 'key' })
  vi.stubGlobal('fetch', async () => result({ id: 'ada' }))
  expect(await answered(client.viewer.get.query())).toEqual({ id: 'ada' })
})

test('a call that nobody observes any more ends its attempt, and one that is answered aborts nothing', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  const link = safeCalls({ tokens: tokenSource('key'), sent: new WeakMap(), retry: {} })({})
  const call = (isAnswered: boolean) =>
    link({
      op: { id: 1, type: 'query', path: 'viewer.get', input: {}, context: {}, signal: null },
      next: ({ signal }) =>
        observable((observer) => {
          signals.push(signal)
          if (isAnswered) observer.next({ result: { data: {} } })
        }),
    }).subscribe({})
  const [waiting, answered] = [call(false), call(true)]
  await vi.advanceTimersByTimeAsync(0)
  waiting.unsubscribe()
  answered.unsubscribe()
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('a query that is too long for a batch once it is encoded is sent alone', async () => {
  const { client, sent } = clientOf(() => Response.json({ result: { data: { items: [], next_cursor: null } } }))
  // 200 characters, 1,200 of a URL.
  const search = 'ä'.repeat(200)
  const call = client.task.list.query({ search, tags: [search.slice(0, 150)] })
  await vi.advanceTimersByTimeAsync(0)
  await call
  expect(sent.map(({ url }) => new URL(url).searchParams.has('batch'))).toEqual([false])
})

test('a query is sent in a batch as long as its URL has 2,000 characters at most, and is never refused', async () => {
  const found = { result: { data: { items: [], next_cursor: null } } }
  const sent: string[] = []
  const fetch: Fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input)
    sent.push(url)
    return Response.json(url.includes('batch=1') ? [found] : found)
  }
  const { client } = clientOf(never, { fetch })
  const inBatch = (url: string) => url.includes('?batch=1&')
  for (let length = 1850; length < 1960; length++)
    expect(await answered(client.task.list.query({ search: 'x'.repeat(length) }))).toMatchObject({ items: [] })
  expect(sent).toHaveLength(110)
  expect(Math.max(...sent.filter(inBatch).map(({ length }) => length))).toBe(2000)
  const alone = sent.findIndex((url) => !inBatch(url))
  expect(sent.slice(alone).some(inBatch)).toBe(false)
})
