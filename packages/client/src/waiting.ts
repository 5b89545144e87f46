import { TaskwireError } from './error.ts'

/** Milliseconds until the next attempt: doubling from `first` to `most`, with jitter, and at least `retryAfter` seconds. */
export function backoff(failures: number, limits: { first: number; most: number }, retryAfter = 0): number {
  const delay = Math.min(limits.most, limits.first * 2 ** Math.min(failures - 1, 30))
  // Jitter is added to the server's time too: otherwise every client would return at the same moment.
  return Math.max(delay * (0.5 + Math.random() / 2), retryAfter * 1000 * (1 + Math.random() / 4))
}

/** Waits. Rejects with `aborted` when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  const timer: { id?: ReturnType<typeof setTimeout> } = {}
  const over = new Promise<void>((resolve) => (timer.id = setTimeout(resolve, ms)))
  return within(over, { signal }).finally(() => clearTimeout(timer.id))
}

export interface Limits {
  readonly signal: AbortSignal
  /** Default: no limit. */
  readonly ms?: number
}

/** Settles like `work`, unless the signal aborts (`aborted`) or the time runs out (`unreachable`) first. */
export function within<T>(work: Promise<T>, { signal, ms }: Limits): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new TaskwireError('unreachable', { cause: new Error(`No answer in ${ms} ms`) }))
    const timer = ms === undefined ? undefined : setTimeout(() => end(late), ms)
    const onAbort = () => end(() => reject(aborted(signal)))
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    work.then(
      (value) => end(() => resolve(value)),
      (cause: unknown) => end(() => reject(cause)),
    )
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
}

/**
 * A signal that aborts with the first of `signals`. `AbortSignal.any` is missing in React Native and in browsers before
 * 2024.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === 'function') return AbortSignal.any([...signals])
  const any = new AbortController()
  for (const signal of signals) {
    if (signal.aborted) any.abort(signal.reason)
    else signal.addEventListener('abort', () => any.abort(signal.reason), { once: true })
  }
  return any.signal
}

export function aborted(signal: AbortSignal): TaskwireError {
  return new TaskwireError('aborted', { cause: signal.reason })
}
