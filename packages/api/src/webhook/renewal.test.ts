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
