import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserContext } from '../core/trpc.ts'
import { chatTimes, isHolderFor, newLeaseHolder, renewLease } from './lease.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const LEASE_MS = 30_000
const conversation = { user_id: 'ada', conversation_id: 1, holder: 'holder' }

/** A lease whose renewals have these outcomes: whether the row was still ours, or a database that does not answer. */
function leaseWith(renewed: () => Promise<unknown[]>) {
  const renewals: number[] = []
  const start = Date.now()
  const sql = () => {
    renewals.push(Date.now() - start)
    return renewed()
  }
  const services = { sql, chatTimes: { leaseMs: LEASE_MS, waitMs: 0 }, log: { warn: () => {} } }
  return { renewals, lease: renewLease({ services } as unknown as UserContext, conversation) }
}

test('a lease is renewed twice before it would expire, until it is stopped', async () => {
  const { lease, renewals } = leaseWith(() => Promise.resolve([{}]))
  await vi.advanceTimersByTimeAsync(LEASE_MS - 1)
  expect(renewals).toEqual([10_000, 20_000])
  await vi.advanceTimersByTimeAsync(10 * LEASE_MS)
  expect(lease.lost.aborted).toBe(false)
  lease.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a lease that another process holds is lost at the next renewal', async () => {
  const { lease } = leaseWith(() => Promise.resolve([]))
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3)
  expect(lease.lost.aborted).toBe(true)
  lease.stop()
})

test('a lease that cannot be renewed is lost when it expires, and not before', async () => {
  const { lease } = leaseWith(() => Promise.reject(new Error('the database does not answer')))
  await vi.advanceTimersByTimeAsync(LEASE_MS - 1)
  expect(lease.lost.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(lease.lost.aborted).toBe(true)
  lease.stop()
})

test('a lease that was renewed after a failure lasts on from that renewal', async () => {
  let fails = true
  const { lease } = leaseWith(() => (fails ? Promise.reject(new Error('lost')) : Promise.resolve([{}])))
  await vi.advanceTimersByTimeAsync((LEASE_MS * 2) / 3)
  fails = false
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3)
  fails = true
  await vi.advanceTimersByTimeAsync(LEASE_MS - 1)
  expect(lease.lost.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(lease.lost.aborted).toBe(true)
  lease.stop()
})

test('a renewal counts from its beginning: how long it took is no part of the lease', async () => {
  let answer = Promise.withResolvers<unknown[]>()
  const { lease } = leaseWith(() => answer.promise)
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3)
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3 - 1)
  const first = answer
  answer = Promise.withResolvers()
  answer.promise.catch(() => {})
  first.resolve([{}])
  answer.reject(new Error('lost'))
  await vi.advanceTimersByTimeAsync((LEASE_MS * 2) / 3)
  expect(lease.lost.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(lease.lost.aborted).toBe(true)
  lease.stop()
})

test('the holder of a lease is unique, and is known to be for its key', () => {
  const [one, other] = [newLeaseHolder('key'), newLeaseHolder('key')]
  expect(one).not.toBe(other)
  expect([isHolderFor(one, 'key'), isHolderFor(one, 'ke'), isHolderFor(newLeaseHolder(undefined), 'key')]).toEqual([
    true,
    false,
    false,
  ])
})

test('without times of its own a lease is held for 30 s, and a message waits for 60 s', () => {
  expect(chatTimes({ services: {} } as UserContext)).toEqual({ leaseMs: 30_000, waitMs: 60_000 })
})
