import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createEmitter } from './emitter.ts'
import { createSnapshotSource } from './snapshot.ts'

test('listeners are called once for all that is emitted in a turn, and again for the next', async () => {
  const { emit, subscribe } = createEmitter()
  let calls = 0
  subscribe(() => calls++)
  emit()
  emit()
  expect(calls).toBe(0)
  await nextTurn()
  expect(calls).toBe(1)
  emit()
  await nextTurn()
  expect(calls).toBe(2)
})

test('who has left is not called any more', async () => {
  const { emit, subscribe } = createEmitter()
  const calls: string[] = []
  const leave = subscribe(() => calls.push('one'))
  subscribe(() => calls.push('two'))
  emit()
  leave()
  await nextTurn()
  expect(calls).toEqual(['two'])
})

test('a snapshot is made when it is asked for, and the same one until something has changed', async () => {
  let reads = 0
  let told = 0
  const source = createSnapshotSource(() => ({ tasks: [], connection: 'live', waiting: [], reads: ++reads }))
  source.subscribe(() => told++)
  expect(reads).toBe(0)
  const first = source.current()
  expect([source.current() === first, reads]).toEqual([true, 1])
  source.invalidate()
  source.invalidate()
  await nextTurn()
  expect([reads, told]).toEqual([1, 1])
  expect([source.current() === first, reads]).toEqual([false, 2])
})

test('a snapshot says whether the tasks are there, and why not', async () => {
  let told = 0
  const { current, setLoading, subscribe } = createSnapshotSource(() => ({
    tasks: [],
    connection: 'live',
    waiting: [],
  }))
  subscribe(() => told++)
  expect(current().phase).toBe('loading')
  const failure = new Error('no')
  setLoading({ phase: 'failed', failure })
  expect(current()).toMatchObject({ phase: 'failed', failure })
  setLoading({ phase: 'ready' })
  expect(current()).not.toHaveProperty('failure')
  expect(current().phase).toBe('ready')
  await nextTurn()
  expect(told).toBe(1)
})
