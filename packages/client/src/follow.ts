import { type Fetch, fetchOrUnreachable, errorOfResponse } from './response.ts'
import { isErrorShape, isRecord, errorOfShape, taskwireError, TaskwireError } from './error.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'
import { isExpired, type TokenSource } from './token.ts'
import { backoff, pause, within } from './waiting.ts'

/** What happens on a subscription, which lives longer than its connections. */
export type SubscriptionEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'event'; readonly id: string; readonly data: unknown }
  /** The connection ended, by `error` if it was one, and another will be made. */
  | { readonly type: 'lost'; readonly error: TaskwireError | null }

export interface SubscriptionSource {
  /** Of the procedure, without its input. */
  readonly url: string
  readonly fetch: Fetch
  readonly tokens: TokenSource
  /** What the first connection sends. Asked until it answers. */
  readonly input: () => Promise<object>
  readonly signal: AbortSignal
}

const BACKOFF = { first: 250, most: 5_000 }
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'overloaded', 'database_unavailable', 'rate_limited'])
/** The server says something every 15 s. Silence for longer is a lost connection, unless it names another time. */
const SILENCE_MS = 40_000

/**
 * The events of a subscription over as many connections as it takes, each going on after the last event's id. Ends on
 * abort; throws what a repeat cannot mend.
 */
export async function* follow(followed: SubscriptionSource): AsyncGenerator<SubscriptionEvent, void> {
  try {
    yield* connections(followed)
  } catch (cause) {
    if (!followed.signal.aborted) throw cause
  }
}

async function* connections(followed: SubscriptionSource): AsyncGenerator<SubscriptionEvent, void> {
  const { tokens, signal } = followed
  let input: object | undefined
  let failures = 0
  let renewable = true
  for (;;) {
    let token = ''
    let wait: number | undefined
    let error: TaskwireError | null = null
    try {
      input ??= await followed.input()
      token = await within(tokens.current(), { signal })
      for await (const { event, data, id, retry } of connection(followed, input, token)) {
        if (retry !== undefined) wait = retry / 1000
        if (event === 'serialized-error') throw serializedError(data)
        if (event === 'connected') {
          yield { type: 'connected' }
          continue
        }
        failures = 0
        renewable = true
        if (event !== 'message' || !id) continue
        input = { ...input, lastEventId: id }
        yield { type: 'event', id, data: JSON.parse(data) }
      }
      renewable = true
    } catch (cause) {
      signal.throwIfAborted()
      error = taskwireError(cause)
      if (renewable && isExpired(error)) {
        renewable = false
        if (await within(tokens.renewed(token), { signal })) continue
      }
      if (!PASSING.has(error.reason)) throw error
      wait = error.retryAfter ?? wait
    }
    yield { type: 'lost', error }
    await pause(backoff(++failures, BACKOFF, wait), signal)
  }
}

/** The events of one connection until it ends. */
async function* connection({ url, fetch, signal }: SubscriptionSource, input: object, token: string) {
  const silent = new AbortController()
  const response = await loud(silent, SILENCE_MS, () =>
    fetchOrUnreachable(fetch, `${url}?input=${encodeURIComponent(JSON.stringify(input))}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silent.signal]),
    }),
  )
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (!response.ok || !isEvents || response.body === null) throw await errorOfResponse(response)
  const events = serverSentEvents(response.body)
  let silenceMs = SILENCE_MS
  try {
    for (;;) {
      const { done, value } = await loud(silent, silenceMs, () => events.next())
      if (done === true) return
      if (value.event === 'connected') silenceMs = silenceOf(value)
      yield value
    }
  } catch (cause) {
    throw new TaskwireError('unreachable', { cause })
  } finally {
    await events.return()
  }
}

/** Waits for `work`, and gives it up when nothing was heard for `ms`. */
async function loud<T>(silent: AbortController, ms: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => silent.abort(new Error(`Nothing was heard for ${ms} ms`)), ms)
  return work().finally(() => clearTimeout(timer))
}

function silenceOf({ data }: ServerSentEvent): number {
  const options: unknown = JSON.parse(data || '{}')
  const ms = isRecord(options) ? options['reconnectAfterInactivityMs'] : undefined
  return typeof ms === 'number' && ms > 0 ? ms : SILENCE_MS
}

function serializedError(data: string): TaskwireError {
  const shape: unknown = JSON.parse(data)
  return isErrorShape(shape) ? errorOfShape(shape) : new TaskwireError('unexpected', { cause: new Error(data) })
}
