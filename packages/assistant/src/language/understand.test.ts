import { expect, test } from 'vitest'
import { messageLines } from '../../testing/messages.ts'
import { understand } from './understand.ts'
import { splitWords, straightened } from './words.ts'

const messages = [...new Set(messageLines().flatMap((line) => line.messages))].filter((message) => message.length < 80)

test.for(['zzz', 'except', 'nearly', 'bob'])(
  'the word %j, wherever it stands in a message, is part of a command or makes it unclear',
  (word) => {
    const skipped: string[] = []
    for (const message of messages) {
      const text = straightened(message)
      for (const { from } of [...splitWords(text), { from: text.length }]) {
        const changed = `${text.slice(0, from)} ${word} ${text.slice(from)}`.replaceAll('  ', ' ')
        const understanding = understand(changed)
        const isSkipped = 'commands' in understanding && !JSON.stringify(understanding).toLowerCase().includes(word)
        if (isSkipped) skipped.push(`${changed}: ${JSON.stringify(understanding)}`)
      }
    }
    expect(skipped).toEqual([])
  },
)

test.for([
  ['', ''],
  ['   ', '   '],
  ['🙏', '🙏'],
  ['add milk. Frobnicate the bread.', 'Frobnicate the bread.'],
  ['complete task 1; juggle', 'juggle'],
] as const)('of %j the part %j is unclear', ([message, unclear]) => {
  expect(understand(message)).toEqual({ unclear: unclear.trim() })
})
