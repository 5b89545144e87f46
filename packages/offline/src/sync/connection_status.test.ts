import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { createConnectionStatus } from './connection_status.ts'

openPage()
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A status, and all that it has been. */
function watched() {
  const seen: string[] = []
  const status = createConnectionStatus(() => seen.push(status.current()))
  return { status, seen }
}

test('a connection that does not come about counts as offline, and one that is made as live', () => {
  const { status, seen } = watched()
  status.onConnecting()
  vi.advanceTimersByTime(5000)
  expect(seen).toEqual(['connecting', 'offline'])
  // An attempt alone is no news.
  status.onConnecting()
  status.onConnected()
  expect(seen).toEqual(['connecting', 'offline', 'live'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a connection that is made in time never counts as offline', () => {
  const { status, seen } = watched()
  status.onConnecting()
  status.onConnecting()
  expect(vi.getTimerCount()).toBe(1)
  status.onConnected()
  vi.advanceTimersByTime(5000)
  expect(seen).toEqual(['connecting', 'live'])
})

test('a status that is stopped waits for nothing', () => {
  const { status } = watched()
  status.onConnecting()
  status.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('an attempt is shown as connecting for two seconds, and not at all without a network', () => {
  const { status, seen } = watched()
  status.onConnecting()
  vi.advanceTimersByTime(1999)
  expect(seen).toEqual(['connecting'])
  vi.advanceTimersByTime(1)
  expect(seen).toEqual(['connecting', 'offline'])
  status.onConnected()
  Object.assign(navigator, { onLine: false })
  status.onConnecting()
  Object.assign(navigator, { onLine: true })
  expect(seen.slice(2)).toEqual(['live', 'offline'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a connection that is lost again is connecting for two seconds of its own', () => {
  const { status, seen } = watched()
  status.onConnecting()
  vi.advanceTimersByTime(1500)
  status.onConnected()
  status.onConnecting()
  vi.advanceTimersByTime(1500)
  expect(seen).toEqual(['connecting', 'live', 'connecting'])
  status.onOffline()
  expect([status.current(), vi.getTimerCount()]).toEqual(['offline', 0])
})
