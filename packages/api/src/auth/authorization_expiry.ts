import type { Principal } from '../core/services.ts'

const DAY_MS = 86_400_000
const RECHECK_MS = 2000

/** Watches whether a principal's authorization lasts: for streams, which outlive the call that opened them. */
export interface AuthorizationExpiry {
  /** Aborts when the token expires or the API key is revoked, and after a day in any case. */
  readonly signal: AbortSignal
  /** Stops watching. */
  readonly stop: () => void
}

export function authorizationExpiry({ expires_at, isStillValid }: Principal): AuthorizationExpiry {
  const ended = new AbortController()
  const end = () => ended.abort()
  // A key whose state cannot be read counts as revoked.
  const check = () => isStillValid?.().then((valid) => valid || end(), end)
  const polling = isStillValid === undefined ? undefined : setInterval(() => void check(), RECHECK_MS)
  polling?.unref()
  // A timer is limited to some weeks and takes whole milliseconds; `exp` may have a fraction.
  const left = expires_at === null ? DAY_MS : Math.min(Math.max(Math.ceil(expires_at * 1000) - Date.now(), 0), DAY_MS)
  const expiring = setTimeout(end, left).unref()
  return {
    signal: ended.signal,
    stop() {
      clearInterval(polling)
      clearTimeout(expiring)
    },
  }
}
