import { expect, test } from 'vitest'
import { readTaskwire } from './taskwire.ts'

const read = (value: unknown) => [...readTaskwire(JSON.stringify(value))]
const task = { id: 7, user_id: 'ann', title: 'Milk', created_at: '2026-01-01T00:00:00.000Z' }

test('an export has its tasks, then its trash, and a list has its tasks', () => {
  const deleted = { ...task, id: 8, deleted_at: '2026-01-02T00:00:00.000Z' }
  const both = [
    { row: 1, origin: { id: 7 }, times: { deleted_at: undefined } },
    { row: 2, origin: { id: 8 }, times: { deleted_at: deleted.deleted_at } },
  ]
  expect(read({ format: 'taskwire', tasks: [task], trash: [deleted] })).toMatchObject(both)
  expect(read([task, deleted])).toMatchObject(both)
  expect(read({ format: 'taskwire', tasks: [task] })).toHaveLength(1)
})

test('a task is known by its id, its owner and its creation: without one of them, by its content', () => {
  const identity = (more: object) => read([{ ...task, ...more }])[0]?.identity
  expect(identity({})).toMatch(/^7-[0-9a-z]+-[0-9a-f]{12}@taskwire$/)
  for (const more of [{ id: 0 }, { id: 1.5 }, { id: '7' }, { user_id: null }, { created_at: 'soon' }]) {
    expect(identity(more)).toBeUndefined()
  }
})

test.each([
  { tasks: [task] },
  { format: 'other', tasks: [task] },
  { format: 'taskwire', tasks: {} },
  { format: 'taskwire', tasks: [task], trash: {} },
  [task, 7],
  7,
])('%j is no export', (value) => {
  expect(() => read(value)).toThrow('it is no export of Taskwire')
})
