import { expect, test } from 'vitest'
import { cpuTime, longMessage } from '../../testing/hostile.ts'

// A search over thousands of messages is in slow_messages.long.test.ts. On a quiet machine the slowest takes less than
// 10 ms; a pattern that backtracks takes hundreds.
test.for([
  ['', 'pls '],
  ['', 'please '],
  ['', 'task 1 and '],
  ['', 'compelte '],
  ['', '"a", '],
  ['', "'a "],
  ['', '.'],
  ['add ', 'and '],
  ['add tasks: ', 'x, '],
  ['complete ', '1 and '],
  ['delete ', 'my '],
  ['rename ', '1 '],
  ['change ', 'as '],
  ['show ', 'all '],
  ['is ', 'done '],
  ['undo ', 'undo, '],
] as const)(
  'a message of 4,000 characters, %j and then %j all along, takes less than 50 ms of CPU',
  ([first, rest]) => {
    expect(cpuTime(longMessage(first, rest, ''))).toBeLessThan(50)
  },
)
