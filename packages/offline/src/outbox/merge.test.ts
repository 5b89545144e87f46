import { expect, test } from 'vitest'
import type { Task } from '@taskwire/client'
import { fieldTable, withDefaults, type FieldChanges } from '../task_fields.ts'
import { conflictingFields, mergeEdit, overrideWithEdit, rebaseWrite } from './merge.ts'
import { applyWrite, type PendingWrite } from './pending_write.ts'

function task(fields: Partial<Task> = {}): Task {
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

/** A task with fields that this build does not know. */
function extended(fields: object, version = 2): Task {
  return { ...task({ version }), ...fields }
}

function edit(fields: FieldChanges & Record<string, unknown>, base: Task): PendingWrite {
  const { id: task_id, user_id } = base
  return { key: 'key', at: 1, user_id, task_id, tab: 'a', base, intent: { kind: 'edit', fields } }
}

test('an edit takes over the version that an earlier write of this browser made, and no other', () => {
  const second = edit({ title: 'Call back' }, task())
  const first = edit({ description: 'x' }, task())
  expect(rebaseWrite(second, first, task({ version: 2 })).base?.version).toBe(2)
  expect(rebaseWrite(second, first, task({ version: 3 })).base?.version).toBe(1)
})

test('an edit of a new task takes over the id that the server assigned', () => {
  const provisional = task({ id: -5, version: 0 })
  const create: PendingWrite = { ...edit({}, provisional), intent: { kind: 'create', fields: { title: 'Call' } } }
  expect(rebaseWrite(edit({ title: 'Call back' }, provisional), create, task({ id: 57 }))).toMatchObject({
    task_id: 57,
    base: { version: 1 },
  })
})

test('edits of different fields merge', () => {
  const mine = edit({ title: 'Call back' }, task())
  const current = task({ description: 'After four', completed: true, version: 2 })
  const merged = mergeEdit(mine, current)
  expect(merged).toMatchObject({ intent: { fields: { title: 'Call back' } }, base: { version: 2 } })
  expect(merged && applyWrite(current, merged)).toEqual({ ...current, title: 'Call back' })
})

test('edits of one field merge only if they agree', () => {
  const mine = edit({ title: 'Call back' }, task())
  expect(mergeEdit(mine, task({ title: 'Write', version: 2 }))).toBeUndefined()
  expect(conflictingFields(mine, task({ title: 'Write', version: 2 }))).toEqual(['title'])
  expect(mergeEdit(mine, task({ title: 'Call back', version: 2 }))).toMatchObject({ base: { version: 2 } })
})

test('a field that this build does not know merges by the equality of its JSON values', () => {
  const base = extended({ labels: { tags: ['home'] } }, 1)
  const mine = edit({ labels: { tags: ['home', 'phone'] } }, base)
  expect(mergeEdit(mine, extended({ labels: { tags: ['home'] }, title: 'Write' }))).toMatchObject({
    base: { version: 2, title: 'Write' },
    intent: { fields: { labels: { tags: ['home', 'phone'] } } },
  })
  expect(mergeEdit(mine, extended({ labels: { tags: ['home', 'phone'] } }))).toBeDefined()
  expect(conflictingFields(mine, extended({ labels: { tags: ['work'] } }))).toEqual(['labels'])
})

test('a field that the base lacks equals one without a value', () => {
  const mine = edit({ color: 'red' }, task())
  expect(mergeEdit(mine, extended({ color: null }))).toBeDefined()
  expect(conflictingFields(mine, extended({ color: 'blue' }))).toEqual(['color'])
})

test('the fields of a merge group conflict, and are overridden, together', () => {
  const field = { settable: true, required: false, nullable: true, added: true, mergeGroup: 'when' }
  const table = { ...fieldTable, date: field, time: field }
  const base = extended({ date: '2026-05-01', time: '09:00' }, 1)
  const mine = edit({ date: '2026-05-02' }, base)
  const later = extended({ date: '2026-05-01', time: '17:00' })
  expect(conflictingFields(mine, later, table)).toEqual(['date', 'time'])
  expect(overrideWithEdit(mine, later, table)).toMatchObject({
    base: { version: 2 },
    intent: { fields: { date: '2026-05-02', time: '09:00' } },
  })
  expect(mergeEdit(mine, extended({ date: '2026-05-01', time: '09:00', title: 'Write' }), table)).toBeDefined()
  expect(conflictingFields(mine, extended({ date: '2026-05-02', time: '09:00' }), table)).toEqual([])
})

test('an edit that overrides the server leaves alone what it did not change', () => {
  const mine = edit({ title: 'Call back' }, task())
  const current = task({ title: 'Write', description: 'After four', version: 2 })
  expect(applyWrite(current, overrideWithEdit(mine, current))).toEqual({ ...current, title: 'Call back' })
})

test('date, time and zone merge as one: one side moves the date while the other sets a time', () => {
  const base = task({ due_date: '2026-12-01' })
  const current = task({ due_date: '2026-12-02', version: 2 })
  expect(conflictingFields(edit({ due_time: '10:00' }, base), current)).toEqual(['due_date', 'due_time', 'due_zone'])
  expect(conflictingFields(edit({ priority: 'high', tags: ['home'] }, base), current)).toEqual([])
})
