import { expect, test } from 'vitest'
import { correctionOf, editDistance, isMisspelt } from './spelling.ts'

test.each([
  ['', '', 0],
  ['task', 'tsak', 1],
  ['task', 'tasks', 1],
  ['complete', 'compelte', 1],
  ['complete', 'cmplet', 2],
  ['kitten', 'sitting', 3],
  ['abc', '', 3],
  ['ca', 'abc', 3],
])('%j and %j are %d letters apart', (a, b, distance) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance])
})

test.each([
  ['delte', 'delete', true],
  ['edlete', 'delete', true],
  ['selete', 'delete', false],
  ['dlt', 'delete', false],
  ['delete', 'delete', false],
  ['ad', 'add', false],
  ['mask', 'mark', false],
  ['amrk', 'mark', true],
  ['markk', 'mark', true],
  ['reschedul', 'reschedule', true],
  ['reshedul', 'reschedule', true],
  ['reshdul', 'reschedule', false],
])('%s is a misspelt %s: %s', (word, meant, expected) => {
  expect(isMisspelt(word, meant)).toBe(expected)
})

test('of several words the one with the fewest mistakes is meant', () => {
  const words = new Set(['complain', 'complete', 'completed'])
  expect(correctionOf('compelted', words)).toBe('completed')
  expect(correctionOf('compelte', words)).toBe('complete')
  expect(correctionOf('xyz', words)).toBeUndefined()
})
