import type { OperationContext } from '@trpc/client'
import { TaskwireError } from './error.ts'

/** A bearer token (a JWT or an API key), or where to get one: asked at first use and when one was refused as expired. */
export type Token = string | (() => string | Promise<string>)

/** The token of all calls, got once for however many of them wait for it. */
export interface TokenSource {
  current(): Promise<string>
  /** Gets another token unless that happened since `refused` was sent. False if there is none but the refused. */
  renewed(refused: string): Promise<boolean>
}

const EXPIRED: ReadonlySet<string> = new Set(['token_expired', 'api_key_expired'])

export function tokenSource(token: Token): TokenSource {
  let known: string | undefined
  let asked: Promise<string> | undefined

  async function ask(source: () => string | Promise<string>): Promise<string> {
    try {
      known = await source()
      return known
    } catch (cause) {
      asked = undefined
      throw new TaskwireError(isNetworkFailure(cause) ? 'unreachable' : 'token_unavailable', { cause })
    }
  }

  const current = () => (typeof token === 'string' ? Promise.resolve(token) : (asked ??= ask(token)))
  return {
    current,
    async renewed(refused) {
      if (known === refused) {
        known = undefined
        asked = undefined
      }
      return (await current()) !== refused
    },
  }
}

/** Whether a `fetch` says that it got no answer. All say so by a TypeError, each in words of its own. */
function isNetworkFailure(cause: unknown): boolean {
  return cause instanceof TypeError && /fetch|network|load failed|terminated/i.test(cause.message)
}

/** Whether another token may do better. */
export function isExpired(error: TaskwireError): boolean {
  return EXPIRED.has(error.reason)
}

/** Which token each attempt was sent with: a batch is sent later than its calls are made. */
export type SentTokens = WeakMap<OperationContext, string>
