/** What a process has to close, in reverse order of opening. */
export interface Cleanup {
  /** Registers how to close something that was opened. Throws `ShutdownRequested` once shutdown has begun. */
  add(close: () => unknown): void
  /** Begins shutdown: from now on `add` throws, so that an unfinished startup opens nothing more. */
  begin(): void
  /** Aborted when shutdown begins, with `ShutdownRequested`. */
  readonly signal: AbortSignal
  /** Closes everything that is registered; continues when one of them fails. */
  run(): Promise<void>
  /** Milliseconds that closing may take longer than usual, because the configuration says so. */
  delayMs: number
}

/** Thrown when shutdown is requested during startup. */
export class ShutdownRequested extends Error {
  override readonly name = 'ShutdownRequested'
}

export function createCleanup(onError: (error: unknown) => Promise<void>): Cleanup {
  const pending: (() => unknown)[] = []
  const beginning = new AbortController()
  return {
    delayMs: 0,
    signal: beginning.signal,
    add(close) {
      pending.push(close)
      beginning.signal.throwIfAborted()
    },
    begin() {
      beginning.abort(new ShutdownRequested('shutdown was requested during startup'))
    },
    async run() {
      for (let close = pending.pop(); close !== undefined; close = pending.pop()) {
        try {
          await close()
        } catch (error) {
          await onError(error)
        }
      }
    },
  }
}

/** Less than the 5 s in which a stop ends. */
export const DEADLINE_MS = 4700
const SAME_SIGNAL_MS = 1000

/** A closed terminal sends SIGHUP. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/**
 * Runs `stop` on the first SIGINT, SIGTERM or SIGHUP and then exits 0, at the latest `delayMs()` and 4.7 s later. A signal sent to
 * npm's process group arrives twice, so a second one within a second is ignored. A later one exits at once, non-zero.
 */
export function stopOnSignals(
  stop: () => Promise<void>,
  delayMs: () => number = () => 0,
  process: Pick<NodeJS.Process, 'on' | 'exit'> = globalThis.process,
): void {
  let first: number | undefined
  const onSignal = (signal: keyof typeof EXIT_CODES) => {
    const now = performance.now()
    if (first !== undefined) {
      if (now - first > SAME_SIGNAL_MS) process.exit(EXIT_CODES[signal])
      return
    }
    first = now
    setTimeout(() => process.exit(0), DEADLINE_MS + delayMs()).unref()
    void stop().finally(() => process.exit(0))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.on('SIGHUP', onSignal)
}
