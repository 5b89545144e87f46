import type { Operation, OperationLink, TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isRecord, taskwireError, TaskwireError, traitsOfError } from './error.ts'
import { traitsOf } from './mutations.ts'
import type { AppRouter } from './router.ts'
import { isExpired, type SentTokens, type TokenSource } from './token.ts'
import { aborted, anySignal, backoff, type Limits, pause, within } from './waiting.ts'

/** Limits of a call's retries. The chat and imports have timeouts of their own, because they take longer. */
export interface RetryOptions {
  /** Milliseconds after which a call fails, retries included. Default: 30,000. */
  readonly timeoutMs?: number
  /** Milliseconds after which a single attempt is aborted. Default: 10,000. */
  readonly attemptTimeoutMs?: number
  /** The largest number of retries. Default: 8; 0 disables them. */
  readonly maxRetries?: number
}

interface CallOptions {
  readonly tokens: TokenSource
  readonly sent: SentTokens
  readonly retry: RetryOptions
}

/** A message of the chat waits up to 60 s for the one before it, and is answered within 60 s. */
const SLOW = { timeoutMs: 200_000, attemptTimeoutMs: 150_000 }
const BACKOFF = { first: 200, most: 5_000 }

/**
 * Retries what is safe to retry: queries, and mutations with an idempotency key, after a lost answer, 503 and 429. Adds a
 * key to every mutation that accepts one. Any other error is final, except that an expired token is renewed once.
 */
export function safeCalls({ tokens, sent, retry }: CallOptions): TRPCLink<AppRouter> {
  return () =>
    ({ op: called, next }) => {
      if (called.type === 'subscription') return next(called)
      return observable((observer) => {
        const op = { ...called, input: keyedInput(called) }
        const left = new AbortController()
        const signal = op.signal ? anySignal([op.signal, left.signal]) : left.signal
        let settled = false
        callWithRetries(op, { tokens, sent, retry, signal, next })
          .then((envelope) => {
            settled = true
            observer.next(envelope)
            observer.complete()
          })
          .catch((cause: unknown) => {
            settled = true
            observer.error(taskwireError(cause))
          })
        return () => {
          if (!settled) left.abort()
        }
      })
    }
}

type Next = Parameters<OperationLink<AppRouter>>[0]['next']
type Envelope = Parameters<NonNullable<Parameters<ReturnType<Next>['subscribe']>[0]['next']>>[0]

interface Attempts extends CallOptions {
  readonly signal: AbortSignal
  readonly next: Next
}

async function callWithRetries(op: Operation, { tokens, sent, retry, signal, next }: Attempts): Promise<Envelope> {
  const traits = op.type === 'query' ? QUERY : traitsOf(op.path)
  const { maxRetries = 8 } = retry
  const { timeoutMs = 30_000, attemptTimeoutMs = 10_000 } = traits.slow ? SLOW : retry
  const deadline = Date.now() + timeoutMs
  let renewable = true
  for (let failures = 1; ; failures++) {
    if (signal.aborted) throw aborted(signal)
    const context = { ...op.context }
    const givenUp = new AbortController()
    try {
      const limits = { ms: Math.min(attemptTimeoutMs, deadline - Date.now()), signal }
      const call = next({ ...op, context, signal: anySignal([signal, givenUp.signal]) })
      const envelope = await within(answerOf(call), limits)
      return traits.streamed ? await waitForFirst(envelope, limits) : envelope
    } catch (cause) {
      givenUp.abort()
      const error = taskwireError(cause)
      const token = sent.get(context)
      if (renewable && token !== undefined && isExpired(error)) {
        renewable = false
        if (await within(tokens.renewed(token), { signal, ms: deadline - Date.now() })) continue
      }
      const wait = backoff(failures, BACKOFF, error.retryAfter)
      if (!isRetryable(error, traits.keyed) || failures > maxRetries || Date.now() + wait >= deadline) throw error
      await pause(wait, signal)
    }
  }
}

const QUERY = { keyed: true, streamed: false, slow: false } as const

/**
 * Whether a retry is safe and can help. A call without a key may have taken effect, unless it was rate limited. After
 * errors that a retry helps only later, the server has to say when.
 */
function isRetryable(error: TaskwireError, keyed: boolean): boolean {
  if (error.reason === 'rate_limited') return true
  if (!keyed) return false
  const { retry, about, status } = traitsOfError(error.reason)
  if (retry === 'safe') return true
  // After a timeout of the server the caller has waited long enough.
  return retry === 'later' && about === 'server' && error.retryAfter !== undefined && status !== 504
}

function answerOf(call: ReturnType<Next>): Promise<Envelope> {
  return new Promise((resolve, reject) => void call.subscribe({ next: resolve, error: reject }))
}

/** Waits for the first piece, so that an error before it can be retried like that of any call. */
async function waitForFirst(envelope: Envelope, limits: Limits): Promise<Envelope> {
  const { result } = envelope
  if ((result.type !== undefined && result.type !== 'data') || !isIterable(result.data)) return envelope
  const iterator = result.data[Symbol.asyncIterator]()
  const first = await within(iterator.next(), limits)
  return { ...envelope, result: { ...result, data: pieces(first, iterator, limits.signal) } }
}

async function* pieces(first: IteratorResult<unknown>, iterator: AsyncIterator<unknown>, signal: AbortSignal) {
  try {
    for (let piece = first; ; piece = await iterator.next()) {
      if (piece.done === true) return
      yield piece.value
    }
  } catch (cause) {
    throw signal.aborted ? aborted(signal) : lost(cause)
  } finally {
    await iterator.return?.()
  }
}

/** A stream without its final message was cut; tRPC reports that with an error of its own. */
function lost(cause: unknown): TaskwireError {
  const error = taskwireError(cause)
  return error.reason === 'unexpected' ? new TaskwireError('unreachable', { cause }) : error
}

function isIterable(data: unknown): data is AsyncIterable<unknown> {
  return isRecord(data) && Symbol.asyncIterator in data
}

/** The input that every attempt sends. An omitted input is sent as an empty one. */
function keyedInput({ type, path, input }: Operation): unknown {
  if (input !== undefined && !isRecord(input)) return input
  const keyless = type === 'query' || !traitsOf(path).keyed || input?.['idempotency_key'] !== undefined
  return keyless ? (input ?? {}) : { ...input, idempotency_key: newKey() }
}

/**
 * 128 random bits. `crypto.randomUUID` is missing in browsers on plain http, and all of `crypto` in React Native. A key
 * must be unique among those of its user, but it is no secret.
 */
function newKey(): string {
  const bytes = new Uint8Array(16)
  if (typeof crypto === 'object') crypto.getRandomValues(bytes)
  else for (let n = 0; n < bytes.length; n++) bytes[n] = Math.random() * 256
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
