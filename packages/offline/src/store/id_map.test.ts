import { expect, test } from 'vitest'
import { createIdMap } from './id_map.ts'

test('a new task is found by its provisional id once it has one of the server, and keeps its key', () => {
  const { assign, resolve, rowKey } = createIdMap()
  expect([resolve(-5), rowKey(-5)]).toEqual([-5, -5])
  assign(-5, 40)
  expect([resolve(-5), rowKey(-5)]).toEqual([40, -5])
  expect([resolve(40), rowKey(40)]).toEqual([40, -5])
})

test('tasks do not affect each other', () => {
  const { assign, resolve, rowKey } = createIdMap()
  assign(-5, 40)
  assign(-6, 41)
  expect([-5, -6, -7, 7].map(resolve)).toEqual([40, 41, -7, 7])
  expect([40, 41, 7].map(rowKey)).toEqual([-5, -6, 7])
  expect(createIdMap().resolve(-5)).toBe(-5)
})
