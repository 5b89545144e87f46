import { dropOlderHalf } from './bounded.ts'
import type { RateLimit } from './services.ts'

export interface RateLimitOptions {
  readonly limit: number
  readonly windowMs?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

const MAX_COUNTED = 100_000

/** A limit per window and process, in bounded memory. */
export function rateLimit({ limit, windowMs = 60_000, clock = Date.now }: RateLimitOptions): RateLimit {
  // In the order in which the windows began.
  const windows = new Map<string, { count: number; readonly ends: number }>()

  function windowOf(who: string, now: number) {
    const open = windows.get(who)
    if (open !== undefined && now < open.ends) return open
    windows.delete(who)
    if (windows.size >= MAX_COUNTED) dropOlderHalf(windows)
    const begun = { count: 0, ends: now + windowMs }
    windows.set(who, begun)
    return begun
  }

  return {
    take(who) {
      const now = clock()
      const counted = windowOf(who, now)
      const allowed = counted.count < limit
      if (allowed) counted.count++
      const reset = Math.max(1, Math.ceil((counted.ends - now) / 1000))
      return { allowed, limit, remaining: limit - counted.count, reset, window: windowMs / 1000 }
    },
  }
}
