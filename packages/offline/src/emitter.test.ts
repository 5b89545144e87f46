import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createEmitter } from './emitter.ts'

test('what a listener causes is told to all, those before it and itself too', async () => {
  const { emit, subscribe } = createEmitter()
  const calls: string[] = []
  subscribe(() => calls.push('before'))
  subscribe(() => {
    calls.push('cause')
    // As a listener does that writes what it has heard of.
    if (calls.length === 2) emit()
  })
  subscribe(() => calls.push('after'))
  emit()
  await nextTurn()
  expect(calls).toEqual(['before', 'cause', 'after', 'before', 'cause', 'after'])
  emit()
  await nextTurn()
  expect(calls).toHaveLength(9)
})

test('nobody is called before the caller of emit is done, nor without an emit', async () => {
  const { emit, subscribe } = createEmitter()
  const calls: string[] = []
  subscribe(() => calls.push('one'))
  await nextTurn()
  expect(calls).toEqual([])
  emit()
  subscribe(() => calls.push('two'))
  expect(calls).toEqual([])
  await Promise.resolve()
  expect(calls).toEqual(['one', 'two'])
})

test('a listener that leaves while it is called is called no more, and the others go on', async () => {
  const { emit, subscribe } = createEmitter()
  const calls: string[] = []
  const leave = subscribe(() => {
    calls.push('one')
    leave()
  })
  subscribe(() => calls.push('two'))
  emit()
  await nextTurn()
  emit()
  await nextTurn()
  expect(calls).toEqual(['one', 'two', 'two'])
})

test('a listener that throws is reported, and the others are called', async () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  onTestFinished(() => void vi.unstubAllGlobals())
  const { emit, subscribe } = createEmitter()
  const calls: string[] = []
  const failure = new Error('of a listener')
  subscribe(() => {
    throw failure
  })
  subscribe(() => calls.push('two'))
  emit()
  await nextTurn()
  emit()
  await nextTurn()
  expect(calls).toEqual(['two', 'two'])
  expect(report.mock.calls).toEqual([[failure], [failure]])
})

test('emitters do not call the listeners of each other', async () => {
  const [one, two] = [createEmitter(), createEmitter()]
  const calls: string[] = []
  one.subscribe(() => calls.push('one'))
  two.subscribe(() => calls.push('two'))
  one.emit()
  await nextTurn()
  expect(calls).toEqual(['one'])
})
