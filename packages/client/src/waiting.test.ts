import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { anySignal, backoff, pause, within } from './waiting.ts'

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

test('work of a signal that has aborted already is not waited for', async () => {
  const signal = AbortSignal.abort('left')
  await expect(within(new Promise(() => {}), { signal, ms: 1000 })).rejects.toMatchObject({ reason: 'aborted' })
  expect(leftOf(signal)).toEqual([0, 0])
})

/** The shortest and the longest wait. */
function range(failures: number, retryAfter?: number): readonly number[] {
  const random = vi.spyOn(Math, 'random')
  onTestFinished(() => random.mockRestore())
  return [0, 1].map((value) => {
    random.mockReturnValue(value)
    return backoff(failures, { first: 200, most: 5_000 }, retryAfter)
  })
}

test('a wait doubles with each failure up to its limit, half of it by chance', () => {
  expect([1, 2, 3, 5, 6, 2000].map((failures) => range(failures))).toEqual([
    [100, 200],
    [200, 400],
    [400, 800],
    [1600, 3200],
    [2500, 5000],
    [2500, 5000],
  ])
})

test('a wait is at least the seconds that the server names, and at most a quarter longer', () => {
  expect(range(1, 20)).toEqual([20_000, 25_000])
  expect(range(6, 0.001)).toEqual([2500, 5000])
})

test.each([
  ['a runtime with AbortSignal.any', AbortSignal.any.bind(AbortSignal)],
  ['one without', undefined],
])('in %s a signal aborts with one of several, for its reason', (_, any) => {
  const own = Object.getOwnPropertyDescriptor(AbortSignal, 'any')
  onTestFinished(() => void Object.defineProperty(AbortSignal, 'any', own ?? {}))
  Object.defineProperty(AbortSignal, 'any', { ...own, value: any })
  const [first, second] = [new AbortController(), new AbortController()]
  const signal = anySignal([first.signal, second.signal])
  expect(signal.aborted).toBe(false)
  second.abort('second')
  expect([signal.aborted, signal.reason]).toEqual([true, 'second'])
  expect(anySignal([new AbortController().signal, AbortSignal.abort('before')]).reason).toBe('before')
})
