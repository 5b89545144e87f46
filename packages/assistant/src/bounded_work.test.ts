import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { boundedWork } from './bounded_work.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const { signal } = new AbortController()

test.each([
  ['ends', () => Promise.resolve('done')],
  ['fails', () => Promise.reject(new Error('down'))],
])('of work that %s nothing is left that could end it later', async (_, outcome) => {
  const answers = boundedWork()
  let given: AbortSignal | undefined
  const work = (own: AbortSignal) => {
    given = own
    return outcome()
  }
  await answers.run(work, { signal, timeoutMs: 1000 }).catch(() => {})
  expect(vi.getTimerCount()).toBe(0)
  answers.close()
  expect(given?.aborted).toBe(false)
})

test('work ends at its time, not before', async () => {
  let isOver = false
  const ended = boundedWork()
    .run(untilAborted, { signal, timeoutMs: 1000 })
    .catch((error: unknown) => {
      isOver = true
      return error
    })
  await vi.advanceTimersByTimeAsync(999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await ended).toMatchObject({ name: 'TimeoutError' })
})

test('work ends for the reason of its caller, also where that came first', async () => {
  const reason = new Error('the caller has left')
  const early = AbortSignal.abort(reason)
  let wasAborted = false
  const work = (own: AbortSignal) => {
    wasAborted = own.aborted
    return Promise.reject(own.reason)
  }
  await expect(boundedWork().run(work, { signal: early, timeoutMs: 1000 })).rejects.toBe(reason)
  expect(wasAborted).toBe(true)
})

test('closing ends all that runs, and what begins later', async () => {
  const answers = boundedWork()
  const both = [1, 2].map(() => answers.run(untilAborted, { signal, timeoutMs: 1000 }))
  answers.close()
  for (const one of both) await expect(one).rejects.toMatchObject({ name: 'AbortError' })
  const late = answers.run((own) => Promise.resolve(own.aborted), { signal, timeoutMs: 1000 })
  expect(await late).toBe(true)
})
