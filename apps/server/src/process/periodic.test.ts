import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { everyHour } from './periodic.ts'

const HOUR_MS = 3_600_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const log = { warn: () => {}, error: () => {} }

test('a job runs within an hour and then every hour, also after a failure, until it is stopped', async () => {
  let runs = 0
  const failures: unknown[] = []
  const job = async () => {
    runs++
    throw new Error('the database is away')
  }
  const stop = everyHour('purge', job, { ...log, error: (details) => void failures.push(details) })
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(runs).toBe(1)
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(runs).toBe(2)
  expect(failures).toHaveLength(2)
  await stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('replicas that start together do not run a job together', async () => {
  let runs = 0
  const stops = Array.from({ length: 100 }, () => everyHour('purge', async () => void runs++, log))
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2)
  expect(runs).toBeGreaterThan(0)
  expect(runs).toBeLessThan(100)
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2)
  expect(runs).toBeGreaterThanOrEqual(100)
  await Promise.all(stops.map((stop) => stop()))
})

test('a stop aborts the run in progress and waits for its end', async () => {
  const ended = Promise.withResolvers<void>()
  let given: AbortSignal | undefined
  const stop = everyHour(
    'purge',
    (signal) => {
      given = signal
      return ended.promise
    },
    log,
  )
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  let isStopped = false
  const stopped = stop().then(() => (isStopped = true))
  expect(given?.aborted).toBe(true)
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(isStopped).toBe(false)
  ended.resolve()
  await stopped
  expect(vi.getTimerCount()).toBe(0)
})
