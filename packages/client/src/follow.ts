import { type Fetch, fetchOrUnreachable, errorOfResponse } from './response.ts'
import { isErrorShape, isRecord, errorOfShape, taskwireError, TaskwireError, traitsOfError } from './error.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'
import { isExpired, type TokenSource } from './token.ts'
import { anySignal, backoff, pause, within } from './waiting.ts'

/** An event of a subscription, which outlives its connections. */
export type SubscriptionEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'event'; readonly id: string; readonly data: unknown }
  /** An event that is not repeated when the connection is lost. */
  | { readonly type: 'passing'; readonly data: unknown }
  /** The connection ended, with `error` if it failed, and will be opened again. */
  | { readonly type: 'lost'; readonly error: TaskwireError | null }

export interface SubscriptionSource {
  /** The URL of the procedure, without its input. */
  readonly url: string
  readonly fetch: Fetch
  readonly tokens: TokenSource
  /** The input of the first connection. Called until it succeeds. */
  readonly input: () => Promise<object>
  readonly signal: AbortSignal
}

const BACKOFF = { first: 250, most: 5_000 }
/** The server sends something every 15 s. A longer silence is a lost connection, unless the server names another time. */
const SILENCE_MS = 40_000

/**
 * The events of a subscription over as many connections as it takes, each resuming after the last event's id. Ends on
 * abort; throws errors that a retry cannot fix.
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
        if (event !== 'message') continue
        if (!id) {
          if (data) yield { type: 'passing', data: JSON.parse(data) }
          continue
        }
        input = { ...input, lastEventId: id }
        yield { type: 'event', id, data: JSON.parse(data) }
      }
      renewable = true
    } catch (cause) {
      if (signal.aborted) throw cause
      error = taskwireError(cause)
      if (renewable && isExpired(error)) {
        renewable = false
        try {
          if (await within(tokens.renewed(token), { signal })) continue
        } catch (failed) {
          if (signal.aborted) throw failed
          error = taskwireError(failed)
        }
      }
      if (!isTemporary(error)) throw error
      wait = error.retryAfter ?? wait
    }
    yield { type: 'lost', error }
    await pause(backoff(++failures, BACKOFF, wait), signal)
  }
}

/** Whether reconnecting can help. A rate limit passes by itself. */
export function isTemporary({ reason }: TaskwireError): boolean {
  return reason === 'rate_limited' || traitsOfError(reason).retry === 'safe'
}

/** The events of one connection until it ends. */
async function* connection({ url, fetch, signal }: SubscriptionSource, input: object, token: string) {
  const silent = new AbortController()
  const response = await unlessSilent(silent, SILENCE_MS, () =>
    fetchOrUnreachable(fetch, `${url}?input=${encodeURIComponent(JSON.stringify(input))}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      cache: 'no-store',
      signal: anySignal([signal, silent.signal]),
    }),
  )
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (!response.ok || !isEvents) throw await errorOfResponse(response)
  // React Native's responses have no body, though its types say so.
  if (!response.body) throw new TaskwireError('streaming_unsupported')
  const events = serverSentEvents(response.body)
  let silenceMs = SILENCE_MS
  try {
    for (;;) {
      const { done, value } = await unlessSilent(silent, silenceMs, () => events.next())
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

/** Waits for `work`, and aborts it after `ms` milliseconds of silence. */
async function unlessSilent<T>(silent: AbortController, ms: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => silent.abort(new Error(`The server was silent for ${ms} ms`)), ms)
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
