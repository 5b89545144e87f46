import type { Operation, OperationLink, TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isRecord, taskwireError, TaskwireError } from './error.ts'
import { traitsOf } from './mutations.ts'
import type { AppRouter } from './router.ts'
import { isExpired, type SentTokens, type TokenSource } from './token.ts'
import { aborted, backoff, type Limits, pause, within } from './waiting.ts'

/** How long a call is tried. The chat's calls have times of their own, since a model takes its time. */
export interface Patience {
  /** Milliseconds after which a call fails for good, repeats included. Default: 30,000. */
  readonly deadlineMs?: number
  /** Milliseconds after which one attempt is given up. Default: 10,000. */
  readonly attemptMs?: number
  /** How often a call is repeated at most. Default: 8; 0 for never. */
  readonly repeats?: number
}

interface CallOptions {
  readonly tokens: TokenSource
  readonly sent: SentTokens
  readonly patience: Patience
}

/** A turn of the chat waits up to 60 s for the one before, and lasts up to 60 s itself. */
const CHAT = { deadlineMs: 200_000, attemptMs: 150_000 }
const BACKOFF = { first: 200, most: 5_000 }
const REPEATABLE: ReadonlySet<string> = new Set(['unreachable', 'overloaded', 'database_unavailable', 'in_progress'])

/**
 * Repeats what is safe to repeat: queries, and mutations under a key, after a lost answer, 503 and 429. Gives every
 * mutation a key that takes one. Any other refusal is final, but for one repeat with a new token.
 */
export function safeCalls({ tokens, sent, patience }: CallOptions): TRPCLink<AppRouter> {
  return () =>
    ({ op: called, next }) => {
      if (called.type === 'subscription') return next(called)
      return observable((observer) => {
        const op = { ...called, input: keyedInput(called) }
        const left = new AbortController()
        const signal = op.signal ? AbortSignal.any([op.signal, left.signal]) : left.signal
        let settled = false
        repeated(op, { tokens, sent, patience, signal, next })
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

async function repeated(op: Operation, { tokens, sent, patience, signal, next }: Attempts): Promise<Envelope> {
  const traits = op.type === 'query' ? QUERY : traitsOf(op.path)
  const { repeats = 8 } = patience
  const { deadlineMs = 30_000, attemptMs = 10_000 } = traits.slow ? CHAT : patience
  const deadline = Date.now() + deadlineMs
  let renewable = true
  for (let failures = 1; ; failures++) {
    if (signal.aborted) throw aborted(signal)
    const context = { ...op.context }
    const givenUp = new AbortController()
    try {
      const limits = { ms: Math.min(attemptMs, deadline - Date.now()), signal }
      const call = next({ ...op, context, signal: AbortSignal.any([signal, givenUp.signal]) })
      const envelope = await within(answerOf(call), limits)
      return traits.streamed ? await begun(envelope, limits) : envelope
    } catch (cause) {
      givenUp.abort()
      const error = taskwireError(cause)
      const token = sent.get(context)
      if (renewable && token !== undefined && isExpired(error)) {
        renewable = false
        if (await tokens.renewed(token)) continue
      }
      const wait = backoff(failures, BACKOFF, error.retryAfter)
      if (!isRepeatable(error, traits.keyed) || failures > repeats || Date.now() + wait >= deadline) throw error
      await pause(wait, signal)
    }
  }
}

const QUERY = { keyed: true, streamed: false, slow: false } as const

/** Whether a repeat is safe and may do better. What took no key may have happened, unless its calls were too many. */
function isRepeatable(error: TaskwireError, keyed: boolean): boolean {
  if (error.reason === 'rate_limited') return true
  if (!keyed) return false
  return REPEATABLE.has(error.reason) || (error.reason === 'model_unavailable' && error.retryAfter !== undefined)
}

function answerOf(call: ReturnType<Next>): Promise<Envelope> {
  return new Promise((resolve, reject) => void call.subscribe({ next: resolve, error: reject }))
}

/** Waits for the first piece, so that what is refused or lost before it can be repeated like any call. */
async function begun(envelope: Envelope, limits: Limits): Promise<Envelope> {
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

/** A stream that ends without its end was cut; tRPC says so with an error of its own. */
function lost(cause: unknown): TaskwireError {
  const error = taskwireError(cause)
  return error.reason === 'unexpected' ? new TaskwireError('unreachable', { cause }) : error
}

function isIterable(data: unknown): data is AsyncIterable<unknown> {
  return isRecord(data) && Symbol.asyncIterator in data
}

/** The input that goes out in every attempt. One that was left out is empty. */
function keyedInput({ type, path, input }: Operation): unknown {
  if (input !== undefined && !isRecord(input)) return input
  const keyless = type === 'query' || !traitsOf(path).keyed || input?.['idempotency_key'] !== undefined
  return keyless ? (input ?? {}) : { ...input, idempotency_key: newKey() }
}

/** 128 random bits. `crypto.randomUUID` is missing in browsers on plain http. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
