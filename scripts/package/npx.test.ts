import { expect, test } from 'vitest'
import { isRunByNpx } from './npx.mjs'

test.each([
  // As npm 11 and npm 10 tell it, and as `npx -c` does.
  ["'taskwire'", true],
  ['taskwire', true],
  ['PORT=8001 taskwire start', true],
  // Of an agent that npx has started, and that starts a server which outlives its shell.
  ["'claude'", false],
  [undefined, false],
])('npx that runs %s runs taskwire: %s', (script, expected) => {
  expect(isRunByNpx({ npm_lifecycle_event: 'npx', npm_lifecycle_script: script })).toBe(expected)
})

test('a script of a package that starts taskwire is not npx', () => {
  expect(isRunByNpx({ npm_lifecycle_event: 'start', npm_lifecycle_script: 'taskwire' })).toBe(false)
})
