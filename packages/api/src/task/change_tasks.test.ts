import { expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { changeTasks } from './change_tasks.ts'
import { listTasks } from './tool.ts'

const ids = (length: number) => Array.from({ length }, (_, n) => n + 1)
const isValid = (args: unknown) => changeTasks.input?.safeParse(args).success

test('one call changes 50 tasks at most, each once', () => {
  expect(isValid({ task_ids: ids(50), do: 'complete' })).toBe(true)
  expect(isValid({ task_ids: ids(51), do: 'complete' })).toBe(false)
  expect(isValid({ task_ids: [], do: 'complete' })).toBe(false)
  expect(changeTasks.toInput?.({ task_ids: [2, 1, 2], do: 'delete' })).toEqual({
    operations: [
      { do: 'delete', task_id: 2 },
      { do: 'delete', task_id: 1 },
    ],
  })
})

test('an update says what to set, and nothing else does', () => {
  const set = { priority: 'high', add_tags: ['Home'], remove_tags: ['old'], due_date: null, due_time: null }
  expect(changeTasks.toInput?.({ task_ids: [1], do: 'update', set, idempotency_key: 'k' })).toEqual({
    operations: [{ do: 'update', task_id: 1, ...set, add_tags: ['home'] }],
    idempotency_key: 'k',
  })
  for (const [args, msg] of [
    [{ do: 'update' }, 'Needed with update'],
    [{ do: 'complete', set }, 'Only with update'],
  ] as const) {
    const call = () => changeTasks.toInput?.({ task_ids: [1], ...args })
    expect(call).toThrow(ApiError)
    expect(call).toThrow(expect.objectContaining({ details: { fields: [{ type: 'custom', loc: ['set'], msg }] } }))
  }
  expect(isValid({ task_ids: [1], do: 'update', set: { title: 'x' } })).toBe(false)
})

test('what a tool alone asks for is no input of its operation', () => {
  expect(listTasks.toInput?.({ details: true, status: 'all', limit: 3 })).toEqual({ status: 'all', limit: 3 })
})
