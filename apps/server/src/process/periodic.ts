import type { Log } from '@taskwire/api'

const HOUR_MS = 3_600_000

/** Runs a job every hour, the first time within one, so that replicas do not meet. Returns what ends it. */
export function everyHour(name: string, job: (signal: AbortSignal) => Promise<unknown>, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let timer = setTimeout(run, Math.random() * HOUR_MS)
  const ended = new AbortController()
  function run(): void {
    running = job(ended.signal)
      .catch((error: unknown) => log.error({ err: error, job: name }, 'a periodic job failed'))
      .finally(() => {
        if (!ended.signal.aborted) timer = setTimeout(run, HOUR_MS)
      })
  }
  return async () => {
    ended.abort()
    clearTimeout(timer)
    await running
  }
}
