import { expect, test } from 'vitest'
import { runTask } from './task.mjs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

test('a task that is done leaves no listener of signals', async () => {
  const listeners = () => signals.map((signal) => process.listenerCount(signal))
  const before = listeners()
  const running = runTask('doing nothing', ['--eval', ''], { node: process.execPath })
  expect(listeners()).toEqual(before.map((count) => count + 1))
  await running
  expect(listeners()).toEqual(before)
})
