import { expect, test } from 'vitest'
import { pageCursor, pageLimit, rowId, storedTimestamp, text } from './fields.ts'

test.each([
  [1, 1],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, 0],
  [Number.MAX_SAFE_INTEGER, 0],
])('the id %d is the row %d', (id, row) => {
  expect(rowId.parse(id)).toBe(row)
})

test.each([0, -1, 1.5, NaN, '1', null])('%j is no id', (id) => {
  expect(rowId.safeParse(id).success).toBe(false)
})

test.each(['a\0b', '\ud800', 'x\udc00'])('the text %j is refused, because PostgreSQL would not keep it', (wrong) => {
  expect(text.safeParse(wrong).success).toBe(false)
  expect(text.parse('🧀 ä')).toBe('🧀 ä')
})

test('a page has 1 to 200 entries, and a cursor at most 4000 characters', () => {
  expect([0, 1, 200, 201, 1.5].map((limit) => pageLimit.safeParse(limit).success)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ])
  expect([4000, 4001].map((length) => pageCursor.safeParse('x'.repeat(length)).success)).toEqual([true, false])
})

test.each([new Date('2027-03-10T09:00:00.123Z'), '2027-03-10T14:45:00.123+05:45', '2027-03-10T09:00:00.123Z'])(
  'the stored time %s is shown in UTC with milliseconds',
  (stored) => {
    expect(storedTimestamp.parse(stored)).toBe('2027-03-10T09:00:00.123Z')
  },
)
