import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Principal } from '../core/services.ts'
import { authorizationExpiry } from './authorization_expiry.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function principal(isStillValid: Principal['isStillValid'], expires_at: number | null = null): Principal {
  const details = { actor: null, email: null, name: null, expires_at }
  return { user_id: 'ada', kind: 'api_key', scope: 'write', ...details, isStillValid }
}

test('a key is asked for while its stream is open, and not any more after that', async () => {
  let asked = 0
  const { signal, stop } = authorizationExpiry(
    principal(() => {
      asked++
      return Promise.resolve(true)
    }),
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toBe(5)
  expect(signal.aborted).toBe(false)
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['is revoked', () => Promise.resolve(false)],
  ['cannot be checked', () => Promise.reject(new Error('the database does not answer'))],
])('a stream ends when its key %s', async (_, isStillValid) => {
  const { signal, stop } = authorizationExpiry(principal(isStillValid))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(signal.aborted).toBe(true)
  stop()
})

test('a token that no key stands behind is not asked for', () => {
  authorizationExpiry(principal(undefined)).stop()
  expect(vi.getTimerCount()).toBe(0)
})

const HOUR_S = 3600

test.each([
  ['when its token expires', HOUR_S, HOUR_S],
  ['after a day, however long its token is valid', 30 * 24 * HOUR_S, 24 * HOUR_S],
  ['after a day, if its key never expires', null, 24 * HOUR_S],
])('a stream ends %s', async (_, validFor, endsAfter) => {
  const { signal, stop } = authorizationExpiry(
    principal(undefined, validFor === null ? null : Date.now() / 1000 + validFor),
  )
  await vi.advanceTimersByTimeAsync((endsAfter - 1) * 1000)
  expect(signal.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  expect(signal.aborted).toBe(true)
  stop()
})

test('a stream whose token has expired already ends at once', async () => {
  const { signal, stop } = authorizationExpiry(principal(undefined, Date.now() / 1000 - 60))
  await vi.advanceTimersByTimeAsync(0)
  expect(signal.aborted).toBe(true)
  stop()
})

test('a key is asked for every two seconds, and neither timer keeps a process alive', async () => {
  const begun = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'setTimeout')]
  let asked = 0
  const { stop } = authorizationExpiry(principal(async () => ++asked > 0))
  const timers = begun.flatMap(({ mock }) => mock.results.map(({ value }) => value as NodeJS.Timeout))
  vi.restoreAllMocks()
  expect(timers.map((timer) => timer.hasRef())).toEqual([false, false])
  await vi.advanceTimersByTimeAsync(1999)
  expect(asked).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toBe(1)
  stop()
})
