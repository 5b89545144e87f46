import { TaskwireError } from './error.ts'

/** Milliseconds until the next attempt: doubling from `first` to `most`, with jitter, never before `retryAfter` seconds. */
export function backoff(failures: number, limits: { first: number; most: number }, retryAfter = 0): number {
  const delay = Math.min(limits.most, limits.first * 2 ** Math.min(failures - 1, 30))
  // Upwards too where the server named a time: everybody whom it told so would come back at once.
  return Math.max(delay * (0.5 + Math.random() / 2), retryAfter * 1000 * (1 + Math.random() / 4))
}

/** Waits; rejects with `aborted` as soon as the signal does. */
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

/** Settles as `work` does, unless the signal (`aborted`) or the time (`unreachable`) ends first. */
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

export function aborted(signal: AbortSignal): TaskwireError {
  return new TaskwireError('aborted', { cause: signal.reason })
}
