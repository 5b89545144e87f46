import { expect, test } from 'vitest'
import { withDefaults } from './task_fields.ts'
import { newPosition } from './outbox/local_position.ts'
import { optimisticTasks } from './optimistic_view.ts'
import type { Intent, PendingWrite } from './outbox/pending_write.ts'

const time = '2026-01-01T00:00:00.000Z'
const task = withDefaults({
  id: 1,
  user_id: 'ada',
  title: 'Call',
  description: 'After four',
  created_at: time,
  updated_at: time,
  version: 1,
})
const known = new Map([[1, task]])

function write(intent: Intent, task_id = 1): PendingWrite {
  return { key: 'key', at: Date.parse(time), user_id: 'ada', task_id, tab: 'a', base: task, intent }
}

test('waiting writes apply in order on top of the confirmed tasks', () => {
  const edits = [
    write({ kind: 'edit', fields: { title: 'One' } }),
    write({ kind: 'edit', fields: { title: 'Two' } }),
    write({ kind: 'complete' }),
  ]
  expect(optimisticTasks(known, edits)).toEqual([
    { ...task, title: 'Two', completed: true, completed_at: '2026-01-01T00:00:00.000Z' },
  ])
  expect(optimisticTasks(known, [])).toEqual([task])
  expect(optimisticTasks(known, [...edits, write({ kind: 'delete' })])).toEqual([])
})

test('a new task stands first, and has the defaults of the fields that its creator did not name', () => {
  const created = write({ kind: 'create', fields: { title: 'New' } }, -5)
  expect(optimisticTasks(new Map(), [created])).toEqual([
    { ...task, id: -5, title: 'New', description: null, position: newPosition(created.at), version: 0 },
  ])
})

test('an undo restores every field that callers set', () => {
  const before = { ...task, title: 'Before', description: null, version: 0 }
  expect(optimisticTasks(known, [write({ kind: 'undo', seq: 2, before })])).toEqual([
    { ...task, title: 'Before', description: null },
  ])
  expect(optimisticTasks(known, [write({ kind: 'undo', seq: 1, before: null })])).toEqual([])
})
