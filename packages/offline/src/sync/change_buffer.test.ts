import { expect, onTestFinished, test, vi } from 'vitest'
import { changeOf, taskWith } from '../../testing/tasks.ts'
import type { Change } from '@taskwire/client'
import { createChangeBuffer } from './change_buffer.ts'

const edit = (version: number) => changeOf(version, taskWith({ version: version - 1 }), taskWith({ version }))

test('the latest changes are found by the version that they made, the oldest no more', () => {
  const buffer = createChangeBuffer()
  for (let version = 2; version <= 3000; version++) buffer.add(edit(version))
  expect(buffer.find(1, 3000)?.seq).toBe(3000)
  expect(buffer.find(1, 2001)?.seq).toBe(2001)
  expect(buffer.find(1, 2)).toBeUndefined()
  expect(buffer.find(2, 3000)).toBeUndefined()
})

test('a deletion is found by its own version, and as the latest change of its task until the task is restored', () => {
  const buffer = createChangeBuffer()
  const deletion = (version: number) => changeOf(version, taskWith({ version: version - 1 }), null)
  buffer.add(deletion(2))
  expect([buffer.find(1, 2)?.seq, buffer.find(1, null)?.seq]).toEqual([2, 2])
  expect(buffer.find(1, 4)).toBeUndefined()
  buffer.add(changeOf(3, null, taskWith({ version: 3 })))
  expect([buffer.find(1, 2)?.seq, buffer.find(1, null)]).toEqual([2, undefined])
  buffer.add(deletion(4))
  expect([buffer.find(1, 2)?.seq, buffer.find(1, 4)?.seq, buffer.find(1, null)?.seq]).toEqual([2, 4, 4])
})

test('listeners hear of each change until they leave', () => {
  const buffer = createChangeBuffer()
  const heard: Change[] = []
  const leave = buffer.subscribe((change) => heard.push(change))
  buffer.add(edit(2))
  leave()
  buffer.add(edit(3))
  expect(heard).toEqual([edit(2)])
})

test('a listener that throws keeps a change neither from the others nor from the log', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  onTestFinished(() => void vi.unstubAllGlobals())
  const buffer = createChangeBuffer()
  const heard: Change[] = []
  const failure = new Error('of a listener')
  buffer.subscribe(() => {
    throw failure
  })
  buffer.subscribe((change) => heard.push(change))
  buffer.add(edit(2))
  expect([heard, report.mock.calls]).toEqual([[edit(2)], [[failure]]])
})
