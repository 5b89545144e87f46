import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { subscribeToMinutes } from './use_moment.ts'

beforeEach(() => {
  openPage()
  Object.assign(globalThis, { document: new EventTarget() })
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:45Z') })
})
afterEach(() => void vi.useRealTimers())

test('a page is told of each minute that begins, and when it is looked at again, until it is left', () => {
  let told = 0
  const leave = subscribeToMinutes(() => told++)
  vi.advanceTimersByTime(14_999)
  expect(told).toBe(0)
  vi.advanceTimersByTime(1)
  expect(told).toBe(1)
  vi.advanceTimersByTime(180_000)
  expect(told).toBe(4)
  document.dispatchEvent(new Event('visibilitychange'))
  expect(told).toBe(5)
  leave()
  document.dispatchEvent(new Event('visibilitychange'))
  vi.advanceTimersByTime(180_000)
  expect(told).toBe(5)
  expect(vi.getTimerCount()).toBe(0)
})
