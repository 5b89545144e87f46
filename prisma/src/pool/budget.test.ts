import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DatabaseError } from 'pg'
import { connectionBudget, isConnectionLimit } from './budget.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const full = { reads: 6, writes: 15, dedicated: 9 }

test('after a refusal the open connections are shared, and five seconds later all may be opened again', () => {
  const budget = connectionBudget(full)
  let trims = 0
  budget.onRefused(() => trims++)
  for (let count = 0; count < 12; count++) budget.opened()
  for (let count = 0; count < 2; count++) budget.closed()
  expect(budget.limits()).toEqual(full)
  budget.shrink()
  expect(trims).toBe(1)
  expect(budget.limits()).toEqual({ reads: 2, writes: 5, dedicated: 3 })
  vi.advanceTimersByTime(4999)
  expect(budget.limits()).not.toEqual(full)
  vi.advanceTimersByTime(1)
  expect(budget.limits()).toEqual(full)
})

test('each kind of use keeps a connection, however few there are', () => {
  const budget = connectionBudget(full)
  budget.shrink()
  expect(budget.limits()).toEqual({ reads: 1, writes: 1, dedicated: 1 })
})

test('a connection that is opened all the same counts, and each refusal begins the five seconds anew', () => {
  const budget = connectionBudget(full)
  for (let count = 0; count < 10; count++) budget.opened()
  budget.shrink()
  expect(budget.limits()).toEqual({ reads: 2, writes: 5, dedicated: 3 })
  for (let count = 0; count < 10; count++) budget.opened()
  expect(budget.limits()).toEqual({ reads: 4, writes: 10, dedicated: 6 })
  for (let count = 0; count < 15; count++) budget.closed()
  expect(budget.limits()).toEqual({ reads: 4, writes: 10, dedicated: 6 })
  vi.advanceTimersByTime(4000)
  budget.shrink()
  expect(budget.limits()).toEqual({ reads: 1, writes: 2, dedicated: 2 })
  vi.advanceTimersByTime(4999)
  expect(budget.limits()).not.toEqual(full)
})

test('no kind of use may have more than its full share, and all who gave connections back are told', () => {
  const budget = connectionBudget({ reads: 1, writes: 2, dedicated: 2 })
  const told: string[] = []
  budget.onRefused(() => told.push('reads'))
  budget.onRefused(() => told.push('writes'))
  for (let count = 0; count < 40; count++) budget.opened()
  budget.shrink()
  expect(budget.limits()).toEqual({ reads: 1, writes: 2, dedicated: 2 })
  expect(told).toEqual(['reads', 'writes'])
})

test.each([
  ['53300', 'sorry, too many clients already', true],
  ['08P01', 'no more connections allowed (max_client_conn)', true],
  ['08P01', 'server login failed', false],
  ['28P01', 'password authentication failed', false],
])('%s: %s is a limit of connections: %s', (code, message, expected) => {
  expect(isConnectionLimit(Object.assign(new DatabaseError(message, 1, 'error'), { code }))).toBe(expected)
  expect(isConnectionLimit(Object.assign(new Error(message), { code }))).toBe(false)
})
