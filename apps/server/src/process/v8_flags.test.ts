import { expect, test } from 'vitest'
import { v8FlagProblems } from './v8_flags.ts'

test('this V8 knows the flag that keeps requests in the young generation', async () => {
  expect(await v8FlagProblems()).toEqual([])
})

test('a flag that V8 does not know is reported', async () => {
  expect(await v8FlagProblems({ flag: '--no-such-flag-of-v8' })).toEqual([
    expect.stringMatching(/^V8 [\d.]+\S* does not know --no-such-flag-of-v8: /),
  ])
})

test('a heap limit without effect is reported', async () => {
  expect(await v8FlagProblems({ limits: { old: 1 } })).toEqual([
    expect.stringMatching(/^--max-old-space-size=1 has no effect: the heap limit is \d+ MB$/),
  ])
})
