import { expect, test } from 'vitest'
import { exampleTask } from './fields.ts'
import { listedTaskOutput } from './schema.ts'
import { sortOf, type Order, type SortName } from './sorts.ts'

const task = listedTaskOutput.parse(exampleTask)
const values = (sort: SortName, order: Order, more = {}) =>
  sortOf(sort, order).keys.map(({ value }) => value({ ...task, ...more }))

test('a cursor holds the sorted values of its task', () => {
  expect(values('created_at', 'desc')).toEqual([task.created_at])
  expect(values('updated_at', 'desc', { updated_at: 'later' })).toEqual(['later'])
  expect(values('title', 'asc')).toEqual(['Buy groceries'])
  expect(values('due_date', 'asc')).toEqual(['2026-12-01', '17:00'])
  expect(values('priority', 'desc')).toEqual([3, task.created_at])
  expect(values('position', 'asc')).toEqual([task.position])
})

test('a task without the value is behind all others in both orders', () => {
  const none = { due_date: null, due_time: null, completed_at: null, priority: null }
  expect(values('due_date', 'asc', none)).toEqual(['infinity', '24:00'])
  expect(values('due_date', 'desc', none)).toEqual(['-infinity', '24:00'])
  expect(values('completed_at', 'asc', none)).toEqual(['infinity'])
  expect(values('completed_at', 'desc', none)).toEqual(['-infinity'])
  for (const order of ['asc', 'desc'] as const) {
    expect(values('priority', order, none)[0]).toBe(0)
    expect(sortOf('priority', order).direction).toBe('desc')
    const levels = ['high', 'medium', 'low'].map((priority) => values('priority', order, { priority })[0])
    expect(levels).toEqual(order === 'desc' ? [3, 2, 1] : [1, 2, 3])
  }
})

test('every other sort goes in the direction that is asked for', () => {
  for (const sort of ['created_at', 'updated_at', 'title', 'due_date', 'completed_at', 'position'] as const) {
    expect([sortOf(sort, 'asc').direction, sortOf(sort, 'desc').direction]).toEqual(['asc', 'desc'])
  }
})
