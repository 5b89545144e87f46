import { expect, test } from 'vitest'
import { taskWith, writeOf } from '../../testing/tasks.ts'
import { optimisticTasks } from '../optimistic_view.ts'
import { newPosition } from './local_position.ts'
import { applyWrite, originalKey, revisedKey, successorId, type Intent } from './pending_write.ts'
import { rebaseOnSuccessor, removedSuccessor, successorOf } from './successor.ts'

const at = Date.parse('2026-03-02T09:00:00Z')
const now = new Date(at).toISOString()
const apply = (task: ReturnType<typeof taskWith> | undefined, intent: Intent) =>
  applyWrite(task, writeOf(task ?? taskWith(), intent, { at }))

test('a completed task has the time of its completion, and keeps an earlier one', () => {
  expect(apply(taskWith(), { kind: 'complete' })).toMatchObject({ completed: true, completed_at: now })
  const before = taskWith({ completed: true, completed_at: '2026-01-01T00:00:00.000Z' })
  expect(apply(before, { kind: 'complete' })).toEqual(before)
  expect(apply(before, { kind: 'reopen' })).toMatchObject({ completed: false, completed_at: null })
})

test('an item of a checklist is checked, and the others stay', () => {
  const checklist = [
    { id: 'a', text: 'one', done: false },
    { id: 'b', text: 'two', done: true },
  ]
  const task = taskWith({ checklist })
  expect(apply(task, { kind: 'check', item_id: 'a', done: true })?.checklist.map(({ done }) => done)).toEqual([
    true,
    true,
  ])
  expect(apply(task, { kind: 'check', item_id: 'b', done: false })?.checklist.map(({ done }) => done)).toEqual([
    false,
    false,
  ])
})

test('a move changes the position, and an undo of it brings the one before back', () => {
  const task = taskWith({ position: 'a' })
  expect(apply(task, { kind: 'move', place: { to: 'last' }, position: 'b' })?.position).toBe('b')
  expect(apply(task, { kind: 'undo', seq: 1, before: taskWith({ position: 'z' }), position: 'c' })?.position).toBe('c')
  expect(apply(task, { kind: 'undo', seq: 1, before: taskWith({ position: 'z' }) })?.position).toBe('a')
})

test.each(['0026-03-02', '202610-03-02', 'soon'])(
  'a task of the day “%s” is shown, with no instant and no next day',
  (day) => {
    const recurrence = { rule: 'FREQ=DAILY', next: 'upcoming', start: day, occurrence: day, number: 1 } as const
    const fields = { due_date: day, due_time: '08:00', due_zone: 'UTC' }
    expect(apply(taskWith(), { kind: 'edit', fields })).toMatchObject({ ...fields, due_at: null })
    expect(
      apply(taskWith(), { kind: 'edit', fields: { ...fields, due_date: '2026-03-02', due_time: '8' } })?.due_at,
    ).toBeNull()
    const next = { id: -2, zone: 'UTC' }
    for (const damaged of [
      { ...fields, recurrence },
      { ...fields, due_date: '2026-03-02', recurrence },
      { due_date: day, recurrence: { ...recurrence, start: '2026-03-02', occurrence: '2026-03-02' } },
      {
        due_date: '2026-03-02',
        start_date: day,
        recurrence: { ...recurrence, start: '2026-03-02', occurrence: '2026-03-02' },
      },
    ]) {
      const task = taskWith(damaged)
      expect(successorOf(task, writeOf(task, { kind: 'complete', next }, { at }))).toBeUndefined()
      expect(apply(task, { kind: 'skip', zone: 'UTC' })).toEqual(task)
    }
  },
)

test('an undo restores when a task was completed, and brings a deleted task back', () => {
  const before = taskWith({ completed: true, completed_at: now })
  expect(apply(taskWith(), { kind: 'undo', seq: 1, before })).toMatchObject({ completed: true, completed_at: now })
  expect(apply(undefined, { kind: 'undo', seq: 1, before })).toEqual(before)
})

test.each<Intent>([
  { kind: 'edit', fields: { title: 'x' } },
  { kind: 'complete' },
  { kind: 'reopen' },
  { kind: 'check', item_id: 'a', done: true },
  { kind: 'skip', zone: 'UTC' },
  { kind: 'move', place: { to: 'last' }, position: 'b' },
  { kind: 'delete' },
])('$kind of a task that is not there leaves none', (intent) => {
  expect(apply(undefined, intent)).toBeUndefined()
})

test('an edit of the date moves the instant at which a task is due', () => {
  const task = taskWith({ due_date: '2026-03-02', due_time: '09:00', due_zone: 'Europe/Berlin' })
  expect(apply(task, { kind: 'edit', fields: { due_date: '2026-07-02' } })?.due_at).toBe('2026-07-02T07:00:00.000Z')
  expect(apply(task, { kind: 'edit', fields: { due_time: null } })?.due_at).toBeNull()
  expect(apply(task, { kind: 'edit', fields: { due_zone: 'Nowhere' } })?.due_at).toBeNull()
})

const recurring = taskWith({
  due_date: '2026-03-01',
  reminders: [],
  recurrence: { rule: 'FREQ=DAILY', next: 'completion', start: '2026-03-01', occurrence: '2026-03-01', number: 1 },
  checklist: [{ id: 'a', text: 'one', done: true }],
})
const completion = writeOf(recurring, { kind: 'complete', next: { id: -9, zone: 'UTC' } }, { at })

test('completing a recurring task shows the next one, with a checklist to do, and the link to it', () => {
  const [done, next] = optimisticTasks(new Map([[1, recurring]]), [completion])
  expect(done).toMatchObject({ id: 1, completed: true, next_task_id: -9 })
  expect(next).toMatchObject({ id: -9, completed: false, version: 0, created_at: now, updated_at: now })
  expect(next?.checklist).toEqual([{ id: 'a', text: 'one', done: false }])
  expect(next?.position).toBe(newPosition(at))
  expect((next?.due_date ?? '') > '2026-03-01').toBe(true)
  expect(successorOf({ ...recurring, completed: true }, completion)).toBeUndefined()
  expect(successorOf(recurring, writeOf(recurring, { kind: 'complete' }))).toBeUndefined()
})

test('reopening a recurring task removes the next one, unless somebody has touched it', () => {
  const done = { ...recurring, completed: true, next_task_id: 2 }
  const reopen = writeOf(done, { kind: 'reopen' })
  const shown = (next: object) =>
    optimisticTasks(
      new Map([
        [1, done],
        [2, { ...taskWith({ id: 2 }), ...next }],
      ]),
      [reopen],
    ).map(({ id }) => id)
  expect(shown({})).toEqual([1])
  expect(shown({ version: 2 })).toEqual([1, 2])
  expect(shown({ completed: true })).toEqual([1, 2])
  expect(removedSuccessor({ ...done, completed: false }, reopen)).toBeUndefined()
  expect(removedSuccessor(done, writeOf(done, { kind: 'undo', seq: 1, before: null, removes: 7 }))).toBe(7)
  expect(removedSuccessor(done, completion)).toBeUndefined()
})

test('a withdrawn write shows no effect', () => {
  const write = { ...writeOf(recurring, { kind: 'delete' }), withdrawn: true }
  expect(optimisticTasks(new Map([[1, recurring]]), [write])).toEqual([recurring])
})

test('a write on the next occurrence is sent to the task that the server has created', () => {
  const waiting = writeOf(taskWith({ id: -9, version: 0 }), { kind: 'complete' })
  const next = taskWith({ id: 5, version: 1 })
  const task = { ...recurring, completed: true, next_task_id: 5 }
  expect(rebaseOnSuccessor(waiting, completion, { task, next })).toMatchObject({ task_id: 5, base: { version: 1 } })
  expect(rebaseOnSuccessor(waiting, completion, { task })).toEqual({ ...waiting, task_id: 5 })
  expect(rebaseOnSuccessor(waiting, completion, { task: { ...task, next_task_id: null } })).toBe(waiting)
  const other = writeOf(taskWith({ id: 3 }), { kind: 'complete' })
  expect(rebaseOnSuccessor(other, completion, { task, next })).toBe(other)
  const move = writeOf(taskWith({ id: 3 }), {
    kind: 'move',
    place: { after: -9 },
    otherwise: { before: -9 },
    position: 'm',
  })
  expect(rebaseOnSuccessor(move, completion, { task }).intent).toMatchObject({
    place: { after: 5 },
    otherwise: { before: 5 },
  })
  expect(rebaseOnSuccessor(waiting, writeOf(recurring, { kind: 'reopen' }), { task, next })).toBe(waiting)
})

test('a write that is sent in another form has another key, by which the first is known', () => {
  const write = writeOf(taskWith(), { kind: 'complete' }, { key: 'k' })
  const revised = revisedKey(revisedKey(write.key))
  expect(new Set([write.key, revisedKey(write.key), revised]).size).toBe(3)
  expect(originalKey({ ...write, key: revised })).toBe('k')
  expect(successorId(write)).toBeUndefined()
})

test('a skip that waits for the server moves a task as on the day on which it was made', () => {
  expect(apply(recurring, { kind: 'skip', zone: 'UTC' })?.due_date).toBe('2026-03-03')
})

test('a skip moves a task that is due later to a day after its own, also where days count from completion', () => {
  const recurrence = {
    rule: 'FREQ=DAILY',
    next: 'completion',
    start: '2026-02-01',
    occurrence: '2026-03-09',
    number: 1,
  } as const
  const later = taskWith({ due_date: '2026-03-09', recurrence })
  expect(apply(later, { kind: 'skip', zone: 'UTC' })?.due_date).toBe('2026-03-10')
  const overdue = taskWith({
    due_date: '2026-02-01',
    recurrence: { ...recurrence, occurrence: '2026-02-01' },
  })
  expect(apply(overdue, { kind: 'skip', zone: 'UTC' })?.due_date).toBe('2026-03-03')
})
