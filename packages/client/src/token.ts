import type { OperationContext } from '@trpc/client'
import { TaskwireError } from './error.ts'
import { within } from './waiting.ts'

/**
 * A bearer token (a JWT or an API key), or a function that returns one; called at first use and when a token has expired,
 * and again by the next attempt or call if it took longer than 10 s.
 */
export type Token = string | (() => string | Promise<string>)

/** The token of all calls. Concurrent calls that need a token share one request for it. */
export interface TokenSource {
  current(): Promise<string>
  /** Gets a new token, unless that happened since `expired` was sent. False if the source returns the same one. */
  renewed(expired: string): Promise<boolean>
}

const ANSWER_MS = 10_000
const EXPIRED: ReadonlySet<string> = new Set(['token_expired', 'api_key_expired'])

export function tokenSource(token: Token): TokenSource {
  let known: string | undefined
  let asked: Promise<string> | undefined

  async function ask(source: () => string | Promise<string>): Promise<string> {
    try {
      // Every call waits for this one: a request that hangs would stop them all for ever.
      known = await within(Promise.resolve(source()), { signal: new AbortController().signal, ms: ANSWER_MS })
      return known
    } catch (cause) {
      asked = undefined
      throw new TaskwireError(isUnreachable(cause) ? 'unreachable' : 'token_unavailable', { cause })
    }
  }

  const current = () => (typeof token === 'string' ? Promise.resolve(token) : (asked ??= ask(token)))
  return {
    current,
    async renewed(expired) {
      if (known === expired) {
        known = undefined
        asked = undefined
      }
      return (await current()) !== expired
    },
  }
}

/** Whether no answer came in time, or `fetch` failed. Every runtime throws a TypeError then, with a text of its own. */
function isUnreachable(cause: unknown): boolean {
  if (cause instanceof TaskwireError) return cause.reason === 'unreachable'
  if (cause instanceof Error && cause.name === 'TimeoutError') return true
  return cause instanceof TypeError && /fetch|network|load failed|terminated/i.test(cause.message)
}

/** Whether a new token can help. */
export function isExpired(error: TaskwireError): boolean {
  return EXPIRED.has(error.reason)
}

/** The token that each attempt was sent with: a batch is sent later than its calls are made. */
export type SentTokens = WeakMap<OperationContext, string>
