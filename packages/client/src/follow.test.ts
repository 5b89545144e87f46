import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changesOf } from './changes.ts'
import { createTaskwireClient } from './client.ts'
import { follow, type SubscriptionEvent } from './follow.ts'
import type { Fetch } from './response.ts'
import { tokenSource } from './token.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

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
