import { expect, test } from 'vitest'
import type { Task } from '../../client.ts'
import { createRows } from './rows.ts'

function task(fields: Partial<Task>): Task {
  const time = '2026-01-01T00:00:00.000Z'
  const own = { created_at: time, updated_at: time, version: 1 }
  return { id: 1, user_id: 'ada', title: 'Call', description: null, completed: false, ...own, ...fields }
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
