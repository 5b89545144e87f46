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
