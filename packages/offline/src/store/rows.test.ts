import { expect, test } from 'vitest'
import type { Change, LoggedTask, Task } from '@taskwire/client'
import { withDefaults } from '../task_fields.ts'
import { createRows } from './rows.ts'

function task(fields: Partial<Task>): Task {
  const time = '2026-01-01T00:00:00.000Z'
  return withDefaults({
    id: 1,
    user_id: 'ada',
    title: 'Call',
    created_at: time,
    updated_at: time,
    version: 1,
    ...fields,
  })
}

test('a late answer brings back neither an old version nor a deleted task', () => {
  const rows = createRows()
  rows.confirm(task({ version: 3 }))
  rows.confirm(task({ version: 2, title: 'Old' }))
  expect(rows.tasks.get(1)?.title).toBe('Call')
  rows.remove(1, 4)
  rows.confirm(task({ version: 3 }))
  expect(rows.tasks.size).toBe(0)
  rows.confirm(task({ version: 5, title: 'Restored' }))
  expect(rows.tasks.get(1)?.title).toBe('Restored')
})

test('a change from before a field was added brings a task with its default', () => {
  // The entry was written when tasks had no description.
  const after: LoggedTask = JSON.parse(JSON.stringify({ ...task({ version: 2 }), description: undefined }))
  const entry = { seq: 1, task_id: 1, actor: null, conversation_id: null, undoes: null, part_of: null, batch: null }
  const change: Change = { ...entry, kind: 'updated', before: null, after, via: 'rest', created_at: after.updated_at }
  const rows = createRows()
  rows.apply(change)
  expect(rows.tasks.get(1)).toStrictEqual(task({ version: 2 }))
})

test('rows are saved once, unless they came from this browser or change again', () => {
  const rows = createRows()
  rows.confirm(task({ id: 1 }), 'local')
  rows.confirm(task({ id: 2 }))
  rows.confirm(task({ id: 3 }))
  rows.remove(3, 1)
  const ids = () => {
    const { put, removed } = rows.takeDirty()
    return [put.map(({ id }) => id), removed]
  }
  expect(ids()).toEqual([[2], [3]])
  expect(ids()).toEqual([[], []])
  rows.confirm(task({ id: 2, version: 1 }))
  expect(ids()).toEqual([[], []])
  rows.confirm(task({ id: 2, version: 2 }))
  rows.markDirty([3])
  expect(ids()).toEqual([[2], [3]])
})

test('a deletion that is older than what is known removes nothing, and one of the same version does', () => {
  const rows = createRows()
  rows.confirm(task({ version: 3 }))
  rows.remove(1, 2)
  expect(rows.tasks.size).toBe(1)
  rows.remove(1, 3)
  expect(rows.tasks.size).toBe(0)
  rows.remove(1, 1)
  rows.confirm(task({ version: 3 }))
  expect(rows.tasks.size).toBe(0)
})

test('a deletion in the log makes the version after the one that it removed', () => {
  const rows = createRows()
  rows.apply({ task_id: 1, before: task({ version: 3 }), after: null } as Change)
  rows.confirm(task({ version: 4 }))
  expect(rows.tasks.size).toBe(0)
  rows.confirm(task({ version: 5 }))
  expect(rows.tasks.size).toBe(1)
})

test('a fresh list leaves the tasks that it has', () => {
  const rows = createRows()
  rows.confirm(task({ id: 1 }))
  rows.confirm(task({ id: 2 }))
  rows.retain(new Set([2]))
  expect([...rows.tasks.keys()]).toEqual([2])
})
