import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable.ts'

test('NULs and halves of characters are replaced, and nothing else', () => {
  expect(storableText('a\0b\uD83Dc\uDE00d😀')).toBe('a\uFFFDb\uFFFDc\uFFFDd😀')
})

test('JSON has no escape that jsonb refuses, and keeps a backslash before what reads like one', () => {
  const value = { 'a\0': ['\uD83D', '\\u0000', '\\\0', '😀', '\\\\ud83d', '\u0001'] }
  expect(JSON.parse(storableJson(value))).toEqual({
    'a\uFFFD': ['\uFFFD', '\\u0000', '\\\uFFFD', '😀', '\\\\ud83d', '\u0001'],
  })
})
