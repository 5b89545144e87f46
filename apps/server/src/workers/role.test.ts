import { EventEmitter, once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { numberOfWorker, stopWithPrimary } from './role.ts'

const sendBefore = Object.getOwnPropertyDescriptor(process, 'send')
afterEach(() => void (sendBefore && Object.defineProperty(process, 'send', sendBefore)))

test('a process is a worker if it is started as one by another process', () => {
  process.send = () => true
  expect(numberOfWorker(['node', 'main.ts', '--worker', '3'])).toBe(3)
  expect(numberOfWorker(['node', 'main.ts', '--worker', '0'])).toBe(0)
  expect(numberOfWorker(['node', 'main.ts'])).toBeUndefined()
  delete process.send
  expect(numberOfWorker(['node', 'main.ts', '--worker', '3'])).toBeUndefined()
})

/** A worker whose stop ends when the test says so. */
function worker(stop: () => Promise<void>) {
  const emitter = new EventEmitter()
  const exit = (code: number) => void emitter.emit('exited', code)
  stopWithPrimary(stop, Object.assign(emitter, { exit }) as unknown as NodeJS.Process)
  return emitter
}

test.each([
  ['is told to drain', ['message', { type: 'drain' }]],
  ['has lost its primary', ['disconnect']],
] as const)('a worker that %s stops, and exits with 0 once it has', async (_, [event, message]) => {
  const stopped = Promise.withResolvers<void>()
  const emitter = worker(() => stopped.promise)
  const exited = once(emitter, 'exited')
  let hasExited = false
  emitter.on('exited', () => (hasExited = true))
  emitter.emit(event, message)
  await new Promise(setImmediate)
  expect(hasExited).toBe(false)
  stopped.resolve()
  expect(await exited).toEqual([0])
})

test('neither other messages nor signals, which the primary follows, stop a worker', () => {
  let stops = 0
  const emitter = worker(async () => void stops++)
  emitter.emit('message', { type: 'stopping' })
  emitter.emit('message', { type: 'pause' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A signal without a listener would end the process.
    expect(emitter.emit(signal, signal), signal).toBe(true)
  }
  expect(stops).toBe(0)
})
