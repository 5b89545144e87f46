import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pause, within } from './waiting.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** What is left of waits that are over: listeners of the signal, and timers. */
function leftOf(signal: AbortSignal): readonly number[] {
  return [getEventListeners(signal, 'abort').length, vi.getTimerCount()]
}

test('work that is done in time leaves neither a listener nor a timer, whatever its outcome', async () => {
  const { signal } = new AbortController()
  expect(await within(Promise.resolve(7), { signal, ms: 1000 })).toBe(7)
  await expect(within(Promise.reject(new Error('no')), { signal, ms: 1000 })).rejects.toThrow('no')
  expect(leftOf(signal)).toEqual([0, 0])
})

test('work that takes too long fails as unreachable, and is waited for no more', async () => {
  const { signal } = new AbortController()
  const late = expect(within(new Promise(() => {}), { signal, ms: 1000 })).rejects.toMatchObject({
    reason: 'unreachable',
  })
  expect(leftOf(signal)).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(1000)
  await late
  expect(leftOf(signal)).toEqual([0, 0])
})

test('a pause ends with its time or with its signal, and leaves nothing', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const over = pause(500, signal)
  await vi.advanceTimersByTimeAsync(500)
  await over
  expect(leftOf(signal)).toEqual([0, 0])
  const ended = expect(pause(500, signal)).rejects.toMatchObject({ reason: 'aborted' })
  controller.abort()
  await ended
  expect(leftOf(signal)).toEqual([0, 0])
})
