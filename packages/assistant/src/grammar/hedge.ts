import type { Word } from '../language/words.ts'
import { NOUNS, numberOf } from './vocabulary.ts'

/** Whether the words take back or condition what they say: "milk, or maybe not". */
export function isHedged(title: readonly Word[]): boolean {
  // A longer title is refused whatever it says.
  const words = title.slice(0, 100)
  const text = ` ${words.map((word) => word.text).join(' ')} `
  // "milk and do something with task 3", "milk to the shopping list": there is one list, and task 3 is another task.
  if (
    words.some(
      (word, index) => index > 0 && NOUNS.has(word.text) && numberOf(words[index + 1]?.text ?? '') !== undefined,
    )
  )
    return true
  if (words.at(-1)?.text === 'list' && words.some((word) => ['to', 'on', 'onto', 'into'].includes(word.text)))
    return true
  return (
    HEDGES.some((hedge) => text.includes(` ${hedge} `)) ||
    words.every(({ text: word, isQuoted }) => !isQuoted && /^[\d#,-]*$/.test(word))
  )
}

const HEDGES = [
  'or not',
  'maybe not',
  'never mind',
  'nevermind',
  'just kidding',
  'scratch that',
  'on second thought',
  'actually no',
  'actually not',
  "actually don't",
  'wait no',
  'unless',
  'only if',
  'if it',
  "if it's",
  'if there',
  'if not',
  'if you',
  'if i',
  "i don't",
  'not really',
  'forget it',
  'lol',
]
