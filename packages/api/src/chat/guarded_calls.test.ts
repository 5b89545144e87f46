import { expect, test } from 'vitest'
import { guardedCalls } from './guarded_calls.ts'

test.each<{ seq: unknown }>([
  { seq: { toString: 1 } },
  { seq: { valueOf: null, toString: null } },
  { seq: null },
  { seq: 'x' },
])('an undo of a seq that is none (%j) is named for the question, and left to the tool to refuse', ({ seq }) => {
  expect(guardedCalls()('undo', { seq })).toMatchObject({ kind: 'removal', task_ids: [] })
})

test('an undo has one name for a number and its digits', () => {
  const call = guardedCalls()
  expect(call('undo', { seq: '12' })).toEqual(call('undo', { seq: 12 }))
})

test.each([{ do: { toString: 1 } }, { do: 'constructor' }, { do: '__proto__' }])(
  'a call of change_tasks with %j is none that has to be confirmed, and left to the tool to refuse',
  (args) => {
    expect(guardedCalls()('change_tasks', { ...args, task_ids: [1, 2] })).toBeUndefined()
  },
)
