import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ACCEPT_MS, END_TIMES } from './drain.ts'
import { createCleanup, DEADLINE_MS, ShutdownRequested, stopOnSignals } from './shutdown.ts'

afterEach(() => void vi.useRealTimers())

test('what was opened is closed in reverse order, also after one that fails', async () => {
  const closed: string[] = []
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  cleanup.add(() => closed.push('first'))
  cleanup.add(() => {
    throw new Error('second')
  })
  cleanup.add(async () => closed.push('third'))
  await cleanup.run()
  await cleanup.run()
  expect(closed).toEqual(['third', 'first'])
  expect(errors).toEqual([new Error('second')])
})

test('what is opened after the stop began is closed too, and its opener is told', async () => {
  const closed: string[] = []
  const cleanup = createCleanup(async () => {})
  cleanup.begin()
  expect(() => cleanup.add(() => closed.push('late'))).toThrow(ShutdownRequested)
  await cleanup.run()
  expect(closed).toEqual(['late'])
})

/** How a process ends whose stop takes for ever, after these signals. `early` shortens its deadline. */
async function endOf(signals: readonly NodeJS.Signals[], early: number): Promise<(number | string | null)[]> {
  const program = `import { stopOnSignals } from '${import.meta.resolve('./shutdown.ts')}'
    stopOnSignals(() => new Promise(() => {}), () => -${early})
    setInterval(() => {}, 86_400_000)
    process.on('message', (signal) => process.emit(signal, signal))
    process.send('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  await once(child, 'message')
  // The process may have ended when the second one is sent.
  for (const signal of signals) child.send(signal, () => {})
  return exited
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a stop by %s that takes too long is ended by its deadline, without an error',
  async (signal) => {
    // The deadline is 4.7 s plus the delay.
    expect(await endOf([signal], 4600)).toEqual([0, null])
  },
)

test('a signal that arrives twice, as npm sends it, is one', async () => {
  expect(await endOf(['SIGINT', 'SIGINT'], 4600)).toEqual([0, null])
})

/** A program whose stop ends when the test says so, and the codes with which it has exited. */
function program({ delayMs = 0, stop = () => new Promise<void>(() => {}) } = {}) {
  const exits: number[] = []
  let stops = 0
  const emitter = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) })
  const counted = () => {
    stops++
    return stop()
  }
  stopOnSignals(counted, () => delayMs, emitter as unknown as NodeJS.Process)
  return { exits, stops: () => stops, signal: (name: string) => emitter.emit(name, name) }
}

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    '%s stops the program, which exits with 0 once it has stopped',
    async (name) => {
      const stopped = Promise.withResolvers<void>()
      const { exits, stops, signal } = program({ stop: () => stopped.promise })
      signal(name)
      await new Promise(setImmediate)
      expect([stops(), exits]).toEqual([1, []])
      stopped.resolve()
      await expect.poll(() => exits).toEqual([0])
    },
  )

  test.each([0, 3000])('ends a program that does not stop after 4.7 s, and a delay of %d ms', async (delayMs) => {
    vi.useFakeTimers()
    const { exits, signal } = program({ delayMs })
    signal('SIGTERM')
    await vi.advanceTimersByTimeAsync(4699 + delayMs)
    expect(exits).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(exits).toEqual([0])
  })

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s more than a second after the first ends the program at once with %d', async (name, code) => {
    vi.useFakeTimers()
    const { exits, stops, signal } = program()
    signal('SIGINT')
    await vi.advanceTimersByTimeAsync(1000)
    signal(name)
    expect(exits).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    signal(name)
    expect(exits).toEqual([code])
    expect(stops()).toBe(1)
  })
})

test('what is in progress is ended one after the other, before the deadline of the stop', () => {
  const { idleMs, assistantMs, drainMs } = END_TIMES
  expect(assistantMs).toBeLessThan(drainMs)
  // Half a second is for the listener, and as much for the database.
  expect(ACCEPT_MS + idleMs + drainMs + 1000).toBeLessThan(DEADLINE_MS)
  expect(DEADLINE_MS).toBeLessThan(5000)
})

test('a failure of one is reported before the next is closed', async () => {
  const order: string[] = []
  const cleanup = createCleanup(async () => {
    await new Promise(setImmediate)
    order.push('reported')
  })
  cleanup.add(() => order.push('closed'))
  cleanup.add(() => Promise.reject(new Error('away')))
  await cleanup.run()
  expect(order).toEqual(['reported', 'closed'])
})

test('each is closed once the one before has closed', async () => {
  const order: string[] = []
  const cleanup = createCleanup(async () => {})
  cleanup.add(() => order.push('database'))
  cleanup.add(async () => {
    await new Promise(setImmediate)
    order.push('server')
  })
  await cleanup.run()
  expect(order).toEqual(['server', 'database'])
})
