import { expect, test } from 'vitest'
import { MAX_TASKS } from '../described_task.ts'
import { readGoogle } from './google.ts'

const read = (file: object, zone = 'Europe/Berlin') => [
  ...readGoogle(JSON.stringify(file), { today: '2026-11-21', zone }),
]
const list = (...items: object[]) => ({ kind: 'tasks#tasks', items })
const fieldsOf = (item: object, zone?: string) => read(list({ title: 'Milk', ...item }), zone)[0]?.fields

test.each([
  ['2026-04-19T00:00:00.000Z', { due_date: '2026-04-19' }],
  ['2026-04-18T22:00:00Z', { due_date: '2026-04-19' }],
  ['2026-04-19T15:30:00Z', { due_date: '2026-04-19', due_time: '17:30', due_zone: 'Europe/Berlin' }],
  ['2026-04-19', { due_date: '2026-04-19' }],
  ['soon', { due_date: 'soon' }],
])('a task that is due %s is due on its day: a midnight of the user is no time', (due, fields) => {
  expect(fieldsOf({ due })).toMatchObject(fields)
  if (!('due_time' in fields)) expect(fieldsOf({ due })).not.toHaveProperty('due_time')
})

test('of scheduled times the current one counts, else the first, and a due date before both', () => {
  const scheduled_time = [{ start: '2026-04-19T00:00:00Z' }, { start: '2026-04-20T00:00:00Z', current: true }]
  expect(fieldsOf({ scheduled_time })).toMatchObject({ due_date: '2026-04-20' })
  expect(fieldsOf({ scheduled_time: scheduled_time.slice(0, 1) })).toMatchObject({ due_date: '2026-04-19' })
  expect(fieldsOf({ scheduled_time, due: '2026-04-01T00:00:00Z' })).toMatchObject({ due_date: '2026-04-01' })
  expect(
    fieldsOf({ scheduled_time: Array.from({ length: 1001 }, () => ({ start: '2026-04-19T00:00:00Z' })) })?.['due_date'],
  ).toBeUndefined()
})

test('a deleted task goes to the trash at the time of its last change, and no other does', () => {
  const times = { created: '2026-01-01T00:00:00Z', updated: '2026-01-02T00:00:00Z', completed: '2026-01-03T00:00:00Z' }
  const [deleted, live] = read(list({ ...times, deleted: true }, { ...times, deleted: false, status: 'completed' }))
  expect(deleted?.times).toEqual({
    created_at: times.created,
    updated_at: times.updated,
    completed_at: times.completed,
    deleted_at: times.updated,
  })
  expect(live).toMatchObject({ times: { deleted_at: undefined }, fields: { completed: true } })
})

test('empty notes are none, and what has no place is named where it is filled', () => {
  const [one, other] = read(
    list(
      { id: 'a', notes: '', parent: '', links: [], assignmentInfo: null },
      { id: 'b', notes: ' ', parent: 'a', links: [{}], task_recurrence_id: 'r', assignmentInfo: {} },
    ),
  )
  expect(one).toMatchObject({ row: 1, identity: 'a', fields: { description: undefined }, lost: [] })
  expect(other).toMatchObject({
    row: 2,
    identity: 'b',
    fields: { description: ' ' },
    lost: ['parent', 'links', 'recurrence', 'assignment'],
  })
})

test('entries that are no tasks are reported one by one, and rows are counted through all lists', () => {
  const lists = {
    kind: 'tasks#taskLists',
    items: [{ title: 'A', items: [7, { title: 'x' }] }, 'no list', { items: [{}] }],
  }
  expect(read(lists)).toMatchObject([
    { row: 1, problem: 'it is not a task of Google Tasks' },
    { row: 2, fields: { title: 'x', tags: ['A'] } },
    { row: 3, fields: { tags: [] } },
  ])
})

test('a file has as many lists as an import has tasks at most', () => {
  const lists = (length: number) => ({ kind: 'tasks#taskLists', items: Array.from({ length }, () => ({})) })
  expect(read(lists(MAX_TASKS))).toEqual([])
  expect(() => read(lists(MAX_TASKS + 1))).toThrow('more than 10000 tasks')
})
