import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changesOf, type LogPage } from './changes.ts'
import { createTaskwireClient } from './client.ts'
import { TaskwireError } from './error.ts'
import { follow, type SubscriptionEvent } from './follow.ts'
import type { Fetch } from './response.ts'
import { tokenSource } from './token.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const url = 'http://tasks.example/trpc/change.subscribe'
const tokens = tokenSource('token')

/** A server that sends the same beginning on each connection, and is silent then. */
function silentServer(beginning: string) {
  const signals: AbortSignal[] = []
  const fetch: Fetch = async (_url, init) => {
    const signal = init?.signal ?? new AbortController().signal
    signals.push(signal)
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(beginning))
        signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { signals, fetch }
}

test.each([
  ['as long as the server names', '{"reconnectAfterInactivityMs":1000}', 1000],
  ['of 40 s where the server names no time', '{}', 40_000],
])('a connection is given up after a silence %s', async (_, options, silenceMs) => {
  const { fetch, signals } = silentServer(`event: connected\ndata: ${options}\n\n`)
  const left = new AbortController()
  const events = follow({ url, fetch, tokens, input: async () => ({}), signal: left.signal })
  expect((await events.next()).value).toEqual({ type: 'connected' })
  let lost: SubscriptionEvent | undefined
  const next = events.next().then(({ value }) => (lost = value ?? undefined))
  await vi.advanceTimersByTimeAsync(silenceMs - 1)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await vi.advanceTimersByTimeAsync(1)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  await next
  expect(lost).toMatchObject({ type: 'lost', error: { reason: 'unreachable' } })
  left.abort()
  await events.return()
  expect(vi.getTimerCount()).toBe(0)
})

test('a subscription that is ended closes its connection', async () => {
  const { fetch, signals } = silentServer('event: connected\ndata: {}\n\n')
  const client = createTaskwireClient({ url: 'http://tasks.example', token: 'token', fetch })
  const started = Promise.withResolvers<void>()
  const subscription = client.change.subscribe.subscribe({ since: 0 }, { onStarted: () => started.resolve() })
  await started.promise
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  subscription.unsubscribe()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})

test('where fetch cannot stream, changes are asked for once in each interval', async () => {
  let asked = 0
  const page = async () => {
    asked++
    return { changes: [], next: 0, has_more: false }
  }
  const left = new AbortController()
  const { fetch } = silentServer('')
  const changes = changesOf({ url, fetch, tokens, page, streaming: false, pollMs: 2000 })({ signal: left.signal })
  const ended = changes.next()
  await vi.advanceTimersByTimeAsync(1999)
  expect(asked).toBe(1)
  await vi.advanceTimersByTimeAsync(8001)
  expect(asked).toBe(6)
  left.abort()
  expect(await ended).toEqual({ done: true, value: undefined })
  expect(vi.getTimerCount()).toBe(0)
})

interface Request {
  readonly input: unknown
  readonly init: RequestInit | undefined
}

/** A server that answers each connection with the next of these bodies and ends it, and is not there after them. */
function serverOf(...bodies: readonly (string | Response)[]) {
  const requests: Request[] = []
  const fetch: Fetch = async (requested, init) => {
    const body = bodies[requests.length]
    const { searchParams } = new URL(requested instanceof Request ? requested.url : requested)
    requests.push({ input: JSON.parse(searchParams.get('input') ?? 'null'), init })
    if (body instanceof Response) return body
    if (body === undefined) throw new TypeError('fetch failed')
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  }
  return { requests, fetch }
}

const connected = 'event: connected\ndata: {}\n\n'
const event = (id: number) => `id: ${id}\ndata: {"seq":${id}}\n\n`
const error = (reason: string) =>
  `event: serialized-error\ndata: {"message":"no","code":-32000,"data":{"reason":"${reason}"}}\n\n`

/** The events of a subscription until it has lost its connection this often, and how long each wait was at most. */
async function eventsUntil(losses: number, fetch: Fetch, source = tokens) {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const left = new AbortController()
  const events: SubscriptionEvent[] = []
  const input = async () => ({ since: 3 })
  const following = (async () => {
    for await (const one of follow({ url, fetch, tokens: source, input, signal: left.signal })) {
      events.push(one)
      if (events.filter(({ type }) => type === 'lost').length === losses) left.abort()
    }
  })()
  const waits: number[] = []
  let isOver = false
  void following.finally(() => (isOver = true)).catch(() => {})
  const pauses = vi.spyOn(globalThis, 'setTimeout')
  for (let round = 0; round < 50 && !isOver; round++) {
    await vi.advanceTimersByTimeAsync(0)
    waits.push(...pauses.mock.calls.splice(0).flatMap(([, ms = 0]) => (ms === 40_000 ? [] : [ms])))
    await vi.advanceTimersToNextTimerAsync()
  }
  await following
  return { events, waits }
}

const kinds = (events: readonly SubscriptionEvent[]) => events.map((one) => (one.type === 'event' ? one.id : one.type))

test('each connection goes on after the last event that had an id', async () => {
  const { fetch, requests } = serverOf(connected + event(4) + event(5), connected, connected + event(6), connected)
  const { events } = await eventsUntil(4, fetch)
  expect(kinds(events)).toEqual([
    'connected',
    '4',
    '5',
    'lost',
    'connected',
    'lost',
    'connected',
    '6',
    'lost',
    'connected',
    'lost',
  ])
  expect(requests.map(({ input }) => input)).toEqual([
    { since: 3 },
    { since: 3, lastEventId: '5' },
    { since: 3, lastEventId: '5' },
    { since: 3, lastEventId: '6' },
  ])
})

test('a connection is asked for as a stream that nothing stores, with the token in a header', async () => {
  const { fetch, requests } = serverOf(connected)
  await eventsUntil(1, fetch)
  const [{ init } = {}] = requests
  expect(init?.cache).toBe('no-store')
  expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
    accept: 'text/event-stream',
    authorization: 'Bearer token',
  })
})

test('the waits between connections double, and are short again once an event has arrived', async () => {
  const { fetch } = serverOf('', '', connected, connected + event(4), '')
  const { waits } = await eventsUntil(6, fetch)
  expect(waits).toEqual([250, 500, 1000, 250, 500])
})

test('a wait that the server names is kept, in milliseconds in the stream and in seconds in a header', async () => {
  const busy = new Response('', { status: 503, headers: { 'retry-after': '8' } })
  const { waits } = await eventsUntil(3, serverOf(`retry: 2000\n\n`, busy).fetch)
  expect(waits).toEqual([2500, 10_000])
})

test('what has no id is passed on and not asked for again', async () => {
  const { fetch, requests } = serverOf(`${connected}data: {"title":"call"}\n\ndata:\n\n`, '')
  const { events } = await eventsUntil(2, fetch)
  expect(events[1]).toEqual({ type: 'passing', data: { title: 'call' } })
  expect(kinds(events)).toEqual(['connected', 'passing', 'lost', 'lost'])
  expect(requests[1]?.input).toEqual({ since: 3 })
})

test('a token that expires is renewed at once, again after each event, and not twice in a row', async () => {
  let asked = 0
  const source = tokenSource(async () => `token ${++asked}`)
  const expired = error('token_expired')
  const { fetch, requests } = serverOf(expired, connected + event(4) + expired, expired)
  await expect(eventsUntil(1, fetch, source)).rejects.toMatchObject({ reason: 'token_expired' })
  const sent = requests.map(({ init }) => new Headers(init?.headers).get('authorization'))
  expect(sent).toEqual(['Bearer token 1', 'Bearer token 2', 'Bearer token 3'])
})

test('a new token that does not come is a lost connection, and asked for again by the next', async () => {
  let asked = 0
  const source = tokenSource(() => (++asked === 2 ? new Promise<string>(() => {}) : `token ${asked}`))
  const { fetch, requests } = serverOf(error('token_expired'), connected)
  const { events } = await eventsUntil(2, fetch, source)
  expect(kinds(events)).toEqual(['lost', 'connected', 'lost'])
  expect(events[0]).toMatchObject({ error: { reason: 'unreachable' } })
  const sent = requests.map(({ init }) => new Headers(init?.headers).get('authorization'))
  expect(sent).toEqual(['Bearer token 1', 'Bearer token 3'])
})

test.each([
  [error('changes_expired'), 'changes_expired'],
  ['event: serialized-error\ndata: {}\n\n', 'unexpected'],
  [Response.json({ result: {} }), 'unexpected'],
  [new Response(null, { headers: { 'content-type': 'text/event-stream' } }), 'streaming_unsupported'],
])('an answer that a repeat cannot fix ends the subscription (%#)', async (answer, reason) => {
  const { fetch, requests } = serverOf(answer)
  await expect(eventsUntil(1, fetch)).rejects.toMatchObject({ reason })
  expect(requests).toHaveLength(1)
})

test('an error in the stream that passes is told, and the subscription goes on', async () => {
  const { events } = await eventsUntil(2, serverOf(connected + error('overloaded'), '').fetch)
  expect(events[1]).toMatchObject({ type: 'lost', error: { reason: 'overloaded' } })
  expect(events[2]).toEqual({ type: 'lost', error: null })
})

test('a server that does not answer at all is given up after 40 s', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  const fetch: Fetch = (_url, init) => {
    signals.push(init?.signal)
    return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  }
  const left = new AbortController()
  const lost = follow({ url, fetch, tokens, input: async () => ({}), signal: left.signal }).next()
  await vi.advanceTimersByTimeAsync(39_999)
  expect(signals.map((signal) => signal?.aborted)).toEqual([false])
  await vi.advanceTimersByTimeAsync(1)
  expect((await lost).value).toMatchObject({ type: 'lost', error: { reason: 'unreachable' } })
})

/** Changes that are asked for in turns from these pages, and then from an empty one. */
function polled(pages: readonly (LogPage | Error)[]) {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const asked: (number | undefined)[] = []
  const told: boolean[] = []
  const left = new AbortController()
  const page = async (since: number | undefined) => {
    const answer = pages[asked.push(since) - 1] ?? { changes: [], next: since ?? 0, has_more: false }
    if (answer instanceof Error) throw answer
    return answer
  }
  const { fetch } = silentServer('')
  const changes = changesOf({ url, fetch, tokens, page, streaming: false, pollMs: 2000 })
  const onConnection = (isConnected: boolean) => void told.push(isConnected)
  return { asked, told, left, changes: changes({ since: 3, signal: left.signal, onConnection }) }
}

const page = (next: number, has_more = false): LogPage => ({ changes: [], next, has_more })

test('in turns, each page is asked for after the one before, at once where there is more', async () => {
  const { asked, told, left, changes } = polled([page(5, true), page(9), page(9)])
  const ended = changes.next()
  await vi.advanceTimersByTimeAsync(1999)
  expect(asked).toEqual([3, 5])
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual([3, 5, 9])
  expect(told).toEqual([true])
  left.abort()
  expect((await ended).done).toBe(true)
})

test('in turns, failures that pass are told once and waited for, and the next page is that of the last seq', async () => {
  const lost = new TaskwireError('unreachable')
  const { asked, told, left, changes } = polled([page(5), lost, lost, page(5, true), lost, page(6)])
  const ended = changes.next()
  await vi.advanceTimersByTimeAsync(2000)
  expect(told).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(249)
  expect(asked).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(499)
  expect(asked).toHaveLength(3)
  // The page says that there is more, and the wait after its failure is the first again.
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toHaveLength(5)
  await vi.advanceTimersByTimeAsync(250)
  expect(asked).toEqual([3, 5, 5, 5, 5, 5])
  expect(told).toEqual([true, false, true, false, true])
  left.abort()
  expect((await ended).done).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('in turns, a failure that stays ends the changes', async () => {
  const { asked, changes } = polled([new TaskwireError('changes_expired')])
  await expect(changes.next()).rejects.toMatchObject({ reason: 'changes_expired' })
  expect(asked).toEqual([3])
})

test('a reader that leaves the events ends the connection', async () => {
  let cancelled = 0
  const fetch: Fetch = async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(connected + event(4))),
      cancel: () => void cancelled++,
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const { signal } = new AbortController()
  for await (const { type } of follow({ url, fetch, tokens, input: async () => ({}), signal })) {
    if (type === 'event') break
  }
  expect(cancelled).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})
