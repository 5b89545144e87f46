import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { everyHour } from './periodic.ts'

const HOUR_MS = 3_600_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const log = { warn: () => {}, error: () => {} }

test('a job runs within an hour and then every hour, until it is stopped', async () => {
  const job = vi.fn(async () => {})
  const stop = everyHour('purge', job, log)
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(job).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(job).toHaveBeenCalledTimes(2)
  await stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a job that fails is tried again after a minute, ever later up to an hour, and in time after a success', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const begun = Date.now()
  const minutes: number[] = []
  const failures: unknown[] = []
  let isAway = true
  const job = async () => {
    minutes.push((Date.now() - begun) / 60_000)
    if (isAway) throw new Error('the database is away')
  }
  const stop = everyHour('purge', job, { ...log, error: (details) => void failures.push(details) })
  await vi.advanceTimersByTimeAsync(3 * HOUR_MS)
  expect(minutes).toEqual([0, 1, 3, 7, 15, 31, 63, 123])
  expect(failures).toHaveLength(8)
  isAway = false
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  isAway = true
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  expect(minutes.slice(8)).toEqual([183, 243, 244, 246, 250, 258, 274])
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
