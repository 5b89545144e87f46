import { evictOlderHalf } from './bounded.ts'
import type { RateLimit } from './services.ts'

export interface RateLimitOptions {
  readonly limit: number
  readonly windowMs?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

const MAX_COUNTED = 100_000

/** Allows each key `limit` calls per window. It counts per process, in bounded memory. */
export function rateLimit({ limit, windowMs = 60_000, clock = Date.now }: RateLimitOptions): RateLimit {
  // Ordered by the start of the window.
  const windows = new Map<string, { count: number; readonly ends: number }>()

  function windowOf(key: string, now: number) {
    const current = windows.get(key)
    if (current !== undefined && now < current.ends) return current
    windows.delete(key)
    if (windows.size >= MAX_COUNTED) evictOlderHalf(windows)
    const started = { count: 0, ends: now + windowMs }
    windows.set(key, started)
    return started
  }

  return {
    take(key) {
      const now = clock()
      const counted = windowOf(key, now)
      const allowed = counted.count < limit
      if (allowed) counted.count++
      const reset = Math.max(1, Math.ceil((counted.ends - now) / 1000))
      return { allowed, limit, remaining: limit - counted.count, reset, window: windowMs / 1000 }
    },
  }
}
