import { expect, test } from 'vitest'
import type { Task } from '../../client.ts'
import type { PendingWrite } from './pending_write.ts'
import { isMergeable, merged, onTopOf } from './merge.ts'
import { createRows } from '../store/rows.ts'
import { optimisticTasks } from '../optimistic_view.ts'

function task(fields: Partial<Task> = {}): Task {
  const time = '2026-01-01T00:00:00.000Z'
  const made = { created_at: time, updated_at: time, version: 1 }
  return { id: 1, user_id: 'ada', title: 'Call', description: null, completed: false, ...made, ...fields }
}

function edit(title: string, description: string | null, base: Task): PendingWrite {
  const { id: task_id, user_id } = base
  return { key: title, at: 1, user_id, task_id, tab: 'a', base, intent: { kind: 'edit', title, description } }
}

test('an edit learns the version that an earlier write of ours made, and no other', () => {
  const second = edit('Call back', null, task())
  expect(onTopOf(second, edit('Call', 'x', task()), task({ version: 2 })).base?.version).toBe(2)
  expect(onTopOf(second, edit('Call', 'x', task()), task({ version: 3 })).base?.version).toBe(1)
})

test('an edit of a new task learns the number that the server gave it', () => {
  const provisional = task({ id: -5, version: 0 })
  const create: PendingWrite = {
    ...edit('', null, provisional),
    intent: { kind: 'create', title: 'Call', description: null },
  }
  expect(onTopOf(edit('Call back', null, provisional), create, task({ id: 57 }))).toMatchObject({
    task_id: 57,
    base: { version: 1 },
  })
})

test('edits of different fields can both stand; of the same field only when they agree', () => {
  const mine = edit('Call back', null, task())
  expect(isMergeable(mine, task({ description: 'After four', completed: true, version: 2 }))).toBe(true)
  expect(merged(mine, task({ description: 'After four', version: 2 }))).toMatchObject({
    intent: { title: 'Call back', description: 'After four' },
    base: { version: 2 },
  })
  expect(isMergeable(mine, task({ title: 'Write', version: 2 }))).toBe(false)
  expect(isMergeable(mine, task({ title: 'Call back', version: 2 }))).toBe(true)
})

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

test('what is shown is what the server has with what waits on top, in order', () => {
  const known = new Map([[1, task()]])
  const writes = [edit('One', null, task()), edit('Two', null, task())]
  expect(optimisticTasks(known, writes)).toMatchObject([{ title: 'Two' }])
  expect(optimisticTasks(known, [])).toMatchObject([{ title: 'Call' }])
  const gone: PendingWrite = { ...edit('', null, task()), intent: { kind: 'delete' } }
  expect(optimisticTasks(known, [...writes, gone])).toEqual([])
})
