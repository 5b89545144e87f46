import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { attemptCounts } from '../auth/attempt_counts.ts'
import { WorkerGroup } from './worker_group.ts'
import { WorkerProcess } from './worker_process.ts'

const program = fileURLToPath(new URL('../../testing/stuck_worker.ts', import.meta.url))
const options = { variables: {}, attempts: attemptCounts({ RATE_LIMIT_AUTH: 1 }) }
const [, ownProgram = ''] = process.argv

beforeEach(() => void (process.argv[1] = program))
afterEach(() => {
  process.argv[1] = ownProgram
  vi.useRealTimers()
})

test('a question to a worker that ends is answered at once, without the time that an answer may take', async () => {
  const worker = new WorkerProcess(1, options)
  await new Promise<void>((resolve) => worker.onServing(resolve))
  const ended = new Promise((resolve) => worker.onExit(resolve))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  expect(await worker.ask('metrics')).toBeUndefined()
  expect(await ended).toBe('exit code 1')
  expect(vi.getTimerCount()).toBe(0)
})

test('a worker that does not answer in time counts as one without an answer', async () => {
  const worker = new WorkerProcess(1, options)
  await new Promise<void>((resolve) => worker.onServing(resolve))
  const ended = new Promise((resolve) => worker.onExit(resolve))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const answer = worker.ask('ready')
  await vi.advanceTimersByTimeAsync(5000)
  expect(await answer).toBeUndefined()
  worker.kill()
  expect(await ended).toBe('SIGKILL')
})

test('workers that do not end in time are killed', async () => {
  const group = new WorkerGroup({ ...options, count: 1, log: () => {} })
  await group.start()
  group.beginStop()
  await group.stop(1)
  expect(await group.ask('ready')).toEqual([])
})
