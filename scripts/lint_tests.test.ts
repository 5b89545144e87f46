import { expect, test } from 'vitest'
import { lintMessages } from './testing/lint_messages.ts'

const LIMITS = `test('a', { timeout: 120_000 }, () => {})
  test.each([1])('b', () => {}, 60_000)
  beforeAll(() => {}, 120_000)
  test('c', { timeout: 400_000 }, () => {})
  test('d', { timeout: 900_000 }, () => {})
  test('e', () => pause(100))`

test('a test or hook with less time than the configuration gives is reported', () => {
  expect(lintMessages('patient-limits', LIMITS)).toHaveLength(3)
})

test('a long trial has ten minutes', () => {
  expect(lintMessages('patient-limits', LIMITS, 'one.long.test.ts')).toHaveLength(4)
})
