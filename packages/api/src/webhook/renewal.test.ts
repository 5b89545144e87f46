import type { Sql } from '@taskwire/db'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LeasedWebhook } from './lease.ts'
import { keepLeases } from './renewal.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const hook = { user_id: 'ann', id: 1, lease: 'a' } as LeasedWebhook

test('held leases are renewed four times in their length, one renewal at a time, and none after a stop', async () => {
  let renewals = 0
  let finish = Promise.withResolvers<never[]>()
  const sql: Sql = () => {
    renewals++
    return finish.promise
  }
  const held: LeasedWebhook[] = []
  const renewal = keepLeases(sql, { held: () => held, leaseMs: 400 })
  vi.advanceTimersByTime(400)
  expect(renewals).toBe(0)

  held.push(hook)
  vi.advanceTimersByTime(300)
  expect(renewals).toBe(1)
  finish.resolve([])
  // What follows the statement runs before the next timer.
  await new Promise((resolve) => void setImmediate(resolve))
  finish = Promise.withResolvers()
  vi.advanceTimersByTime(100)
  expect(renewals).toBe(2)

  finish.resolve([])
  await renewal.stop()
  vi.advanceTimersByTime(4000)
  expect(renewals).toBe(2)
  expect(vi.getTimerCount()).toBe(0)
})

test('a renewal that fails is followed by the next one', async () => {
  let renewals = 0
  const sql: Sql = async () => {
    renewals++
    throw new Error('the database does not answer')
  }
  const renewal = keepLeases(sql, { held: () => [hook], leaseMs: 400 })
  for (let n = 1; n <= 3; n++) {
    vi.advanceTimersByTime(100)
    await new Promise((resolve) => void setImmediate(resolve))
    expect(renewals).toBe(n)
  }
  await renewal.stop()
})

test('a stop waits for the renewal that is running', async () => {
  const running = Promise.withResolvers<never[]>()
  const renewal = keepLeases(() => running.promise, { held: () => [hook], leaseMs: 400 })
  vi.advanceTimersByTime(100)
  let isStopped = false
  const stopped = renewal.stop().then(() => (isStopped = true))
  await new Promise((resolve) => void setImmediate(resolve))
  expect(isStopped).toBe(false)
  running.resolve([])
  await stopped
})
