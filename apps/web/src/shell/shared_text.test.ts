import { expect, test } from 'vitest'
import { sharedText } from './shared_text.ts'

test.each([
  ['', ''],
  ['?title=Article&url=https%3A%2F%2Fexample.com%2Fa', 'Article https://example.com/a'],
  [
    '?text=Look%20at%20https%3A%2F%2Fexample.com%2Fa&url=https%3A%2F%2Fexample.com%2Fa',
    'Look at https://example.com/a',
  ],
  ['?title=Same&text=Same', 'Same'],
  ['?text=Two%0Alines', 'Two lines'],
  ['?client_id=abc', ''],
])('%s is shared as "%s"', (search, text) => {
  expect(sharedText(search)).toBe(text)
})
