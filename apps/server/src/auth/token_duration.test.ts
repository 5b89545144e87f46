import { expect, test } from 'vitest'
import { secondsOf } from './token_duration.ts'

test.each([
  ['30s', 30],
  ['15m', 900],
  ['1h', 3600],
  ['7d', 604_800],
  ['999999s', 999_999],
])('%s is %i seconds', (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds)
})

test.each(['', '0s', '1', '1w', '-1h', '1.5h', '1h30m', '1000000s', ' 1h'])('%j is no duration', (duration) => {
  expect(() => secondsOf(duration)).toThrow('--expires must be a duration')
})
