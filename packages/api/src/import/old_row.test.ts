import { expect, test } from 'vitest'
import { ownerAndIdProblems, timesOf } from './old_row.ts'

test.each([
  [1, 0],
  [2 ** 31 - 1, 0],
  [0, 1],
  [-1, 1],
  [2 ** 31, 1],
  ['1', 1],
  [null, 1],
])('the id %j has %d problems', (id, problems) => {
  expect(ownerAndIdProblems({ id, user_id: 'ann' })).toHaveLength(problems)
})

test.each([
  ['u'.repeat(128), 0],
  ['u'.repeat(129), 1],
  ['', 1],
  ['auth', 1],
  ['a\nb', 1],
  [7, 1],
  [null, 1],
])('the owner %j has %d problems', (user_id, problems) => {
  expect(ownerAndIdProblems({ id: 1, user_id })).toHaveLength(problems)
})

test('a row without a creation has the time of its last change, so that a repeat finds it again', () => {
  const [created_at, updated_at] = ['2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z']
  const row = { id: 1, user_id: 'ann' }
  expect(timesOf({ ...row, created_at, updated_at })).toEqual({ times: { created_at, updated_at }, notes: [] })
  expect(timesOf({ ...row, created_at: null, updated_at })).toEqual({
    times: { created_at: updated_at, updated_at },
    notes: ['created_at was null: taken as updated_at'],
  })
  expect(timesOf({ ...row, created_at, updated_at: null })).toEqual({
    times: { created_at, updated_at: created_at },
    notes: [],
  })
  const epoch = '1970-01-01T00:00:00Z'
  expect(timesOf({ ...row, created_at: null, updated_at: null })).toEqual({
    times: { created_at: epoch, updated_at: epoch },
    notes: ['created_at was null: taken as 1970-01-01'],
  })
})
