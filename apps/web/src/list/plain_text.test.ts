import { expect, test } from 'vitest'
import { hasFormat } from './has_format.ts'
import { plainText } from './plain_text.ts'

test.each([
  ['# Plan\nSee [the doc](https://example.com) and **mark** it', 'Plan\nSee the doc and mark it'],
  ['- one\n- `two`', '• one\n• two'],
  ['> ~~gone~~ __kept__', 'gone kept'],
  ['Ask Ben: 2 * 3 * 4 and snake_case_name', 'Ask Ben: 2 * 3 * 4 and snake_case_name'],
])('%j is shown as %j in a row', (text, plain) => {
  expect(plainText(text)).toBe(plain)
})

test.each([
  ['Mornings only. Ask for the valve too.', false],
  ['Call #3, then C# and a-b', false],
  ['at https://example.com', true],
  ['ben@example.com', true],
  ['**now**', true],
  ['1. one', true],
])('%j has links or Markdown: %j', (text, expected) => {
  expect(hasFormat(text)).toBe(expected)
})
