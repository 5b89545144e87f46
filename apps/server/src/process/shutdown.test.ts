import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createCleanup, ShutdownRequested } from './shutdown.ts'

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
