import { expect, test } from 'vitest'
import { isUserId } from './limits.ts'

test.each([
  ['a', true],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
  ['\u{1F600}'.repeat(128), true],
  ['\u{1F600}'.repeat(129), false],
  ['', false],
  ['auth', false],
  ['Auth', true],
  ['a\nb', false],
  ['a\u0000', false],
  ['a\u0085', false],
  ['\uD800', false],
  [7, false],
  [null, false],
])('%j is the id of a user: %s', (value, expected) => {
  expect(isUserId(value)).toBe(expected)
})
