import { expect, test } from 'vitest'
import { shownName } from './grants.ts'

test('the name that an app gave itself is shown without what could hide or reorder text, and not at any length', () => {
  expect(shownName('Plan B')).toBe('Plan B')
  expect(shownName('Plan\u202e\u0000\n B\u200b')).toBe('Plan B')
  expect(shownName('x'.repeat(1000))).toBe(`${'x'.repeat(60)}…`)
  expect(shownName('🦆'.repeat(60))).toBe('🦆'.repeat(60))
  expect(shownName('🦆'.repeat(61))).toBe(`${'🦆'.repeat(60)}…`)
  for (const name of [undefined, '', ' \u2028\u200f ']) expect(shownName(name)).toBeUndefined()
})
