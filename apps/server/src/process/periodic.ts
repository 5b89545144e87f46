import type { Log } from '@taskwire/api'

const HOUR_MS = 3_600_000

/**
 * Runs a job every hour. The first run is at a random time within an hour, so that replicas started together do not run
 * it together. Returns a function that aborts the current run and stops the schedule.
 */
export function everyHour(name: string, job: (signal: AbortSignal) => Promise<unknown>, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let timer = setTimeout(run, Math.random() * HOUR_MS)
  const stopped = new AbortController()
  function run(): void {
    running = job(stopped.signal)
      .catch((error: unknown) => log.error({ err: error, job: name }, 'periodic job failed'))
      .finally(() => {
        if (!stopped.signal.aborted) timer = setTimeout(run, HOUR_MS)
      })
  }
  return async () => {
    stopped.abort()
    clearTimeout(timer)
    await running
  }
}
