import { afterEach, expect, test, vi } from 'vitest'
import { callSafely } from './call_safely.ts'

afterEach(() => void vi.unstubAllGlobals())

const failure = new Error('of a listener')
const throwing = () => {
  throw failure
}

test('what a listener throws is reported, and its caller goes on', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  callSafely(throwing)
  expect(report.mock.calls).toEqual([[failure]])
})

test('where errors cannot be reported it is thrown once the caller is done', () => {
  const tasks: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (task: () => void) => tasks.push(task))
  callSafely(throwing)
  expect(tasks).toHaveLength(1)
  expect(tasks[0]).toThrow(failure)
})
