import type { Log } from '@taskwire/api'

const HOUR_MS = 3_600_000
const FIRST_RETRY_MS = 60_000

/**
 * Runs a job every hour. The first run is at a random time within an hour, so that replicas started together do not run
 * it together. One that fails is run again after a minute, and after twice as long each time, up to an hour. Returns a
 * function that aborts the current run and stops the schedule.
 */
export function everyHour(name: string, job: (signal: AbortSignal) => Promise<unknown>, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let timer = setTimeout(run, Math.random() * HOUR_MS)
  let retryMs = FIRST_RETRY_MS
  const stopped = new AbortController()
  function run(): void {
    running = attempt().then((delayMs) => {
      if (!stopped.signal.aborted) timer = setTimeout(run, delayMs)
    })
  }
  /** The time until the next one. */
  async function attempt(): Promise<number> {
    try {
      await job(stopped.signal)
      retryMs = FIRST_RETRY_MS
      return HOUR_MS
    } catch (error) {
      log.error({ err: error, job: name }, 'periodic job failed')
      const delayMs = retryMs
      retryMs = Math.min(2 * retryMs, HOUR_MS)
      return delayMs
    }
  }
  return async () => {
    stopped.abort()
    clearTimeout(timer)
    await running
  }
}
