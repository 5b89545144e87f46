import { taskFields } from '@taskwire/client'
import { expect, test } from 'vitest'
import { taskWith } from '../testing/tasks.ts'
import {
  differingFields,
  isSameValue,
  settableFields,
  settableValues,
  tableShape,
  withDefaults,
} from './task_fields.ts'

test.each([
  [null, undefined, true],
  [1, 1, true],
  [0, null, false],
  ['', null, false],
  [[], {}, false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[1], [1, 2], false],
  [{ a: { b: [1] } }, { a: { b: [1] } }, true],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1 }, { b: 1 }, false],
  [{ a: undefined }, { b: undefined }, false],
  [{}, null, false],
])('%j and %j are the same value: %s', (a, b, isSame) => {
  expect([isSameValue(a, b), isSameValue(b, a)]).toEqual([isSame, isSame])
})

test('of changes those are left that a task does not have already', () => {
  const task = taskWith({ title: 'Call', tags: ['home'] })
  expect(differingFields({ title: 'Call', tags: ['home', 'work'], description: null }, task)).toEqual({
    tags: ['home', 'work'],
  })
})

test('the settable values of a task are those that a caller may set, as far as it has them', () => {
  const settable = Object.entries(taskFields).flatMap(([name, field]) => (field.settable ? [name] : []))
  expect(settableFields).toEqual(settable)
  expect(Object.keys(settableValues(taskWith()))).toEqual(settable)
  expect(settableValues({ id: 1, title: 'Call', version: 7 })).toEqual({ title: 'Call' })
})

test('a task keeps what it has, and gets the default of every field that it lacks', () => {
  const task = withDefaults({ ...taskWith(), tags: ['home'], completed: true })
  expect(task).toMatchObject({ tags: ['home'], completed: true })
  expect(Object.keys(task).toSorted().join(' ')).toBe(tableShape)
})
