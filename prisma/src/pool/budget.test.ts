import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectionBudget } from './budget.ts'

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
