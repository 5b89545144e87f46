import { expect, test } from 'vitest'
import { taskWith, writeOf } from '../../testing/tasks.ts'
import { nextWrites } from './next_writes.ts'
import type { Intent, PendingWrite } from './pending_write.ts'

const complete: Intent = { kind: 'complete' }
const on = (id: number, details: Partial<PendingWrite> = {}, intent: Intent = complete) =>
  writeOf(taskWith({ id }), intent, details)
const conflict = taskWith({ version: 9 })
const next = (...writes: readonly PendingWrite[]) => nextWrites(writes).map(({ task_id }) => task_id)

test('writes are sent one after the other, the oldest first', () => {
  expect(next()).toEqual([])
  expect(next(on(1), on(2))).toEqual([1])
})

test('a conflict holds up later writes on its task, and on the next occurrence that it creates', () => {
  const completion = on(1, { conflict }, { kind: 'complete', next: { id: -5, zone: 'UTC' } })
  expect(next(on(1, { conflict }), on(1), on(2))).toEqual([2])
  expect(next(completion, on(1), on(-5), on(3))).toEqual([3])
  expect(next(on(1, { conflict }), on(1))).toEqual([])
})

test('what waits behind a held up write on the same task waits too', () => {
  const completion = on(1, {}, { kind: 'complete', next: { id: -5, zone: 'UTC' } })
  expect(next(on(1, { conflict }), completion, on(-5), on(2))).toEqual([2])
})

test('of writes that were made together one call has each task once, and ends before the first that waits', () => {
  const group = { group: 'g' }
  expect(next(on(1, group), on(2, group), on(1, group), on(3, group))).toEqual([1, 2])
  expect(next(on(1, group), on(2), on(3, group))).toEqual([1])
  expect(next(on(1), on(2, group), on(3, group))).toEqual([1])
})
