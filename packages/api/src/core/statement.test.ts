import { expect, test } from 'vitest'
import { fragment, joined, prepared, statementName } from './statement.ts'

interface Input {
  readonly user: string
  readonly id: number
}
const user = (input: Input) => input.user
const id = (input: Input) => input.id

test('a parameter has one number, wherever it occurs, and its value is read for each run', () => {
  const owned = fragment<Input>`user_id = ${user}`
  const parts = joined([owned, fragment<Input>`id = ${id}`, fragment<Input>`maker = ${user}`], ' AND ')
  const { text, values, name } = prepared('find', fragment<Input>`SELECT ${'title'} FROM task WHERE ${parts}`)
  expect(text).toBe('SELECT title FROM task WHERE user_id = $1 AND id = $2 AND maker = $1')
  expect(values({ user: 'ann', id: 7 })).toEqual(['ann', 7])
  expect(values({ user: 'bob', id: 8 })).toEqual(['bob', 8])
  expect(name).toBe(statementName('find', text))
})

test('a name belongs to one text', () => {
  expect(statementName('a', 'SELECT 1')).toMatch(/^a_[0-9a-f]{12}$/)
  expect(statementName('a', 'SELECT 1')).toBe(statementName('a', 'SELECT 1'))
  expect(statementName('a', 'SELECT 2')).not.toBe(statementName('a', 'SELECT 1'))
})
