/** What is open, in the order in which it was opened; it is closed the other way round. */
export interface Closing {
  /** Remembers how to close something. Throws `Stopped`, so that nothing more is opened, once it is time to stop. */
  add(close: () => unknown): void
  /** From here on nothing is to be opened. */
  begin(): void
  /** Closes everything; goes on where something fails. */
  all(): Promise<void>
}

/** Ends a start that was overtaken by its stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export function closing(onError: (error: unknown) => Promise<void>): Closing {
  const open: (() => unknown)[] = []
  let begun = false
  return {
    add(close) {
      open.push(close)
      if (begun) throw new Stopped('stopped while it started')
    },
    begin() {
      begun = true
    },
    async all() {
      for (let close = open.pop(); close !== undefined; close = open.pop()) {
        try {
          await close()
        } catch (error) {
          await onError(error)
        }
      }
    },
  }
}

const SAME_STOP_MS = 1000
const DEADLINE_MS = 4700

/**
 * Runs `stop` at the first SIGINT or SIGTERM and then exits 0, by the deadline at the latest. A signal to npm's whole
 * group arrives twice: within a second it is the same stop. A later one exits at once, non-zero.
 */
export function stopOnSignals(stop: () => Promise<void>): void {
  let first: number | undefined
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    const now = performance.now()
    if (first !== undefined) {
      if (now - first > SAME_STOP_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
      return
    }
    first = now
    setTimeout(() => process.exit(0), DEADLINE_MS).unref()
    void stop().finally(() => process.exit(0))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
