import type { Db } from '@taskwire/db'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Principal } from '../core/services.ts'
import { changeFeed } from './feed.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const principal: Principal = {
  user_id: 'ann',
  kind: 'issued',
  scope: 'write',
  actor: null,
  email: null,
  name: null,
  expires_at: null,
}

/** A feed on a log that is empty, and what it asks for. */
function emptyLog() {
  const state = { polls: 0, fails: false, logged: [] as string[] }
  const db = {
    $queryRawUnsafe: async () => [{ last: 0, oldest: 1 }],
    change: { findMany: async () => [] },
    changeCounter: {
      findMany: async () => {
        state.polls++
        if (state.fails) throw new Error('the database does not answer')
        return []
      },
    },
  } as unknown as Db
  const note = (_: object, message: string) => void state.logged.push(message)
  return { state, feed: changeFeed({ db, log: { warn: note, error: note } }) }
}

test('without a time of its own a feed polls four times a second, while somebody listens', async () => {
  const { state, feed } = emptyLog()
  const leaving = new AbortController()
  const stream = await feed.subscribe(principal, undefined, leaving.signal)
  await vi.advanceTimersByTimeAsync(1000)
  expect(state.polls).toBe(4)
  leaving.abort()
  expect((await stream.next()).done).toBe(true)
  await vi.advanceTimersByTimeAsync(10_000)
  // The poll that was on its way finds nobody.
  expect([state.polls, feed.subscriptions(), vi.getTimerCount()]).toEqual([5, 0, 0])
  feed.close()
})

test('a database that does not answer is logged once, until it has answered', async () => {
  const { state, feed } = emptyLog()
  await feed.subscribe(principal, undefined)
  state.fails = true
  await vi.advanceTimersByTimeAsync(1000)
  expect(state.logged).toEqual(['the change counters could not be read for listeners'])
  state.fails = false
  await vi.advanceTimersByTimeAsync(250)
  state.fails = true
  await vi.advanceTimersByTimeAsync(1000)
  expect(state.logged).toHaveLength(2)
  feed.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('a subscription whose key is revoked ends, and leaves no timer', async () => {
  const { feed } = emptyLog()
  let valid = true
  const checked = { ...principal, isStillValid: () => Promise.resolve(valid) }
  const streams = [await feed.subscribe(checked, undefined), await feed.subscribe(checked, undefined)]
  const ends = Promise.all(streams.map((stream) => stream.next()))
  await vi.advanceTimersByTimeAsync(2000)
  expect(feed.subscriptions()).toBe(2)
  valid = false
  await vi.advanceTimersByTimeAsync(2000)
  expect((await ends).map(({ done }) => done)).toEqual([true, true])
  await vi.advanceTimersByTimeAsync(1000)
  expect([feed.subscriptions(), vi.getTimerCount()]).toEqual([0, 0])
  feed.close()
})

test('a user has ten subscriptions, whoever else has some', async () => {
  const { feed } = emptyLog()
  for (let n = 0; n < 10; n++) await feed.subscribe(principal, undefined)
  await expect(feed.subscribe(principal, undefined)).rejects.toMatchObject({
    reason: 'rate_limited',
    details: { retry_after: 5 },
  })
  await feed.subscribe({ ...principal, user_id: 'bob' }, undefined)
  expect(feed.subscriptions()).toBe(11)
  feed.close()
  await vi.advanceTimersByTimeAsync(0)
  expect([feed.subscriptions(), vi.getTimerCount()]).toEqual([0, 0])
})
