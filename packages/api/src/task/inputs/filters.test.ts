import { expect, test } from 'vitest'
import { z } from 'zod'
import { filters } from './filters.ts'

const schema = z.strictObject(filters)
const parsed = (value: unknown) => schema.parse(value)

test.each([
  { due: '', due_from: '', due_to: '', zone: '', tags: '', priority: '', series_id: '', started: '' },
  { due: 'all', priority: 'all' },
  {},
])('%o filters nothing', (value) => {
  expect(Object.values(parsed(value)).filter((filter) => filter !== undefined)).toEqual([])
})

test('a list may be one text with commas', () => {
  expect(parsed({ tags: 'b, A', priority: 'none,high' })).toEqual({ tags: ['a', 'b'], priority: ['high', 'none'] })
})

test('the order and repeats of values make no other list, so that a cursor goes on', () => {
  const one = parsed({ tags: ['b', 'a', 'B'], priority: ['low', 'high', 'low'] })
  expect(one).toEqual(parsed({ tags: ['a', 'b'], priority: ['high', 'low'] }))
  expect(one).toEqual({ tags: ['a', 'b'], priority: ['high', 'low'] })
})

test.each([
  { due_from: 'all' },
  { zone: 'all' },
  { tags: 'all,,x' },
  { priority: 'all,high' },
  { series_id: 'all' },
  { started: 'all' },
])('%o is refused at the filter', (value) => {
  const { error } = schema.safeParse(value)
  expect(error?.issues.map(({ path }) => path)).toEqual([[Object.keys(value)[0]]])
})

test('the tag all is a tag', () => {
  expect(parsed({ tags: 'all' })).toEqual({ tags: ['all'] })
})
