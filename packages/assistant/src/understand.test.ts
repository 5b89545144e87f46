import { expect, test } from 'vitest'
import { understand } from './understand.ts'

const beginnings = [
  '',
  'add ',
  'add a task ',
  'add tasks ',
  'delete tasks 1 ',
  'change ',
  'set the description of ',
  'mark ',
  'i ',
  'show me tasks ',
  'undo ',
  'oops, ',
  'yes ',
  'find ',
  'rename ',
  'put ',
  'the ',
]
const middles = [
  'a ',
  ' ',
  ',',
  ', ',
  'a',
  'to ',
  'the ',
  'task ',
  '1 and ',
  '#',
  '"',
  "'",
  '"a", ',
  'with description ',
  'is not ',
  'done ',
  'to my ',
  'please ',
  '.',
  '? ',
  'that ',
  "'s ",
  'in my x list ',
  '\n',
  '\t\n',
  'x\n',
  '\u00a0',
]
const ends = ['', ' x', ' done', '!', ' to my list', '"']

test.for(beginnings)('no repetitive message that begins with %j takes long to understand', (beginning) => {
  for (const middle of middles) {
    for (const end of ends) {
      const message = (beginning + middle.repeat(2000)).slice(0, 1500 - end.length) + end
      const before = process.cpuUsage()
      understand(message)
      // This is CPU time, so a busy machine does not matter. A pattern that backtracks takes minutes.
      const { user } = process.cpuUsage(before)
      expect(user / 1000, JSON.stringify(middle + end)).toBeLessThan(500)
    }
  }
})

test('a message of 4000 characters is not a command', () => {
  expect(understand(`add ${'x'.repeat(3996)}`)).toEqual({ do: 'unknown' })
})
