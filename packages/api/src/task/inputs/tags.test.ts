import { expect, test } from 'vitest'
import { tags } from './tags.ts'

test('tags are stored in one form, equal ones once at the place of the first', () => {
  expect(tags.parse([' Home ', 'SHOP', 'home', 'Cafe\u0301', 'two words'])).toEqual([
    'home',
    'shop',
    'café',
    'two words',
  ])
})

test.each([
  ['x'.repeat(50), true],
  ['x'.repeat(51), false],
  ['😀'.repeat(50), true],
  ['', false],
  [' ', false],
  ['a,b', false],
  ['#a', false],
  ['a#b', true],
  ['a\nb', false],
  ['a\u0085b', false],
  ['\uD83D', false],
])('the tag %j is valid: %s', (tag, expected) => {
  expect(tags.safeParse([tag]).success).toBe(expected)
})

test('a task has 20 tags at most, counted without repeats', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`)
  expect(tags.safeParse([...many(20), 'T1', 't2']).success).toBe(true)
  expect(tags.safeParse(many(21)).error?.issues).toMatchObject([{ message: 'At most 20 tags' }])
})
