/** What is open, in the order in which it was opened; it is closed the other way round. */
export interface Closing {
  add(close: () => unknown): void
  /** Closes everything once; further calls wait for the first. Goes on where one fails. */
  close(): Promise<void>
}

export function closing(onError: (error: unknown) => void): Closing {
  const open: (() => unknown)[] = []
  let closed: Promise<void> | undefined
  async function closeAll() {
    for (let close = open.pop(); close !== undefined; close = open.pop()) {
      try {
        await close()
      } catch (error) {
        onError(error)
      }
    }
  }
  return { add: (close) => void open.push(close), close: () => (closed ??= closeAll()) }
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
