import { expect, test } from 'vitest'
import { normalizedTag } from './tag.ts'

test('a tag has at most 50 characters, whatever they take in memory', () => {
  expect(normalizedTag('😀'.repeat(50))).toBe('😀'.repeat(50))
  expect(normalizedTag('😀'.repeat(51))).toBeUndefined()
  expect(normalizedTag('a'.repeat(50))).toBe('a'.repeat(50))
  expect(normalizedTag('a'.repeat(51))).toBeUndefined()
})
