import { expect, test } from 'vitest'
import { numericIds } from './arguments.ts'
import { effectOf } from './effect.ts'

test.each([
  ['delete_task', { task_id: 7 }, { does: 'remove', task_ids: [7] }],
  ['delete_task', { task_id: '7' }, { does: 'remove', task_ids: [7] }],
  ['complete_task', { task_id: 7 }, { does: 'complete', task_ids: [7] }],
  ['reopen_task', { task_id: 7 }, { does: 'reopen', task_ids: [7] }],
  ['update_task', { task_id: 7, title: 'x' }, { does: 'rename', task_ids: [7] }],
  ['update_task', { task_id: 7 }, undefined],
  ['change_tasks', { task_ids: [7, '8', 7, 'x', null], do: 'delete' }, { does: 'remove', task_ids: [7, 8] }],
  ['change_tasks', { task_ids: [7], do: 'complete' }, { does: 'complete', task_ids: [7] }],
  ['change_tasks', { task_ids: [7], do: 'reopen' }, { does: 'reopen', task_ids: [7] }],
  ['change_tasks', { task_ids: [7], do: 'update' }, undefined],
  ['change_tasks', { task_ids: 7, do: 'delete' }, { does: 'remove', task_ids: [] }],
  ['delete_task', { task_id: 'all' }, { does: 'remove', task_ids: [] }],
  ['add_task', { title: 'x' }, undefined],
  ['list_tasks', {}, undefined],
  ['toString', {}, undefined],
])('a call of %s with %j has the effect %j', (tool, args, effect) => {
  expect(effectOf(tool, args)).toEqual(effect)
})

test('ids that were sent as text are numbers, and all else is as it was', () => {
  expect(numericIds({ task_id: '12', task_ids: ['1', 2, 'x'], seq: '3', title: '4', other: ['5'] })).toEqual({
    task_id: 12,
    task_ids: [1, 2, 'x'],
    seq: 3,
    title: '4',
    other: ['5'],
  })
  const odd = { task_id: '1.5', seq: '-1', task_ids: '12' }
  expect(numericIds(odd)).toEqual(odd)
  expect(numericIds({ task_id: '9'.repeat(16) })).toEqual({ task_id: '9'.repeat(16) })
  expect(numericIds({})).toEqual({})
})
