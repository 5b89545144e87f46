import type { Principal } from '../core/services.ts'

const DAY_MS = 86_400_000
const RECHECK_MS = 2000

/** When a principal may no longer read on: for streams, which outlive the call that opened them. */
export interface AuthorizationExpiry {
  /** Aborts when the token ends or the API key is revoked; after a day in any case. */
  readonly signal: AbortSignal
  /** Stops watching. */
  readonly stop: () => void
}

export function authorizationExpiry({ expires_at, isStillValid }: Principal): AuthorizationExpiry {
  const revoked = new AbortController()
  // Who can no longer be asked about counts as revoked.
  const ask = () =>
    isStillValid?.().then(
      (valid) => valid || revoked.abort(),
      () => revoked.abort(),
    )
  const asking = isStillValid === undefined ? undefined : setInterval(() => void ask(), RECHECK_MS)
  asking?.unref()
  // A timer cannot reach further than some weeks, and knows whole milliseconds only: `exp` may have a fraction.
  const left = expires_at === null ? DAY_MS : Math.min(Math.max(Math.ceil(expires_at * 1000) - Date.now(), 0), DAY_MS)
  return {
    signal: AbortSignal.any([revoked.signal, AbortSignal.timeout(left)]),
    stop: () => clearInterval(asking),
  }
}
