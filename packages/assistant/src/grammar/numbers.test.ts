import { expect, test } from 'vitest'
import { splitWords } from '../language/words.ts'
import { numbered, positioned } from './numbers.ts'

test.each([
  ['task 3', [3], false],
  ['#3 and #4', [3, 4], false],
  ['tasks 1, 2 and 5', [1, 2, 5], false],
  ['tasks 1,2,2', [1, 2], false],
  ['1-3', [1, 2, 3], true],
  ['tasks 2 to 4', [2, 3, 4], true],
  ['2 through 2', [2], true],
  ['4-2', [4, 2], true],
  ['tsak 3', [3], false],
])('%s are the numbers %j', (text, numbers, isRange) => {
  expect(numbered(splitWords(text))).toEqual({ by: 'number', numbers, isRange })
})

test('a range has 201 numbers at most: of a larger one only its ends count', () => {
  const found = (text: string) => numbered(splitWords(text))
  expect(found('1-201')).toMatchObject({ numbers: { length: 201 } })
  expect(found('1-202')).toMatchObject({ numbers: [1, 202] })
  expect(found('1-12345')).toBeUndefined()
})

test('an id is named as one, and what is no number means none', () => {
  expect(numbered(splitWords('task id 17'))).toEqual({ by: 'id', ids: [17] })
  for (const text of ['one', 'the first one', 'milk 3', 'last 3', 'the task']) {
    expect(numbered(splitWords(text))).toBeUndefined()
  }
})

test.each([
  ['the second one', [2], false],
  ['the first and the third task', [1, 3], false],
  ['the last two', [-1, -2], true],
  ['the first three tasks', [1, 2, 3], true],
  ['the last one', [-1], false],
])('%s are the positions %j', (text, positions, isRange) => {
  expect(positioned(splitWords(text))).toEqual({ by: 'position', positions, isRange })
})

test('at most fifty positions are named by a number', () => {
  expect(positioned(splitWords('the first 900 tasks'))).toMatchObject({ positions: { length: 50 } })
  expect(positioned(splitWords('the milk'))).toBeUndefined()
})
