import type { Target } from '../command.ts'
import { isMisspelt } from '../language/spelling.ts'
import type { Word } from '../language/words.ts'
import { NOUNS, numberOf, positionOf, wordSet } from './vocabulary.ts'

const NUMBER_LEADS = wordSet('the my number numbers no nr nos # and &')

/** Reads `task 3`, `#3 and #4`, `tasks 1, 2 and 5`, `1-3`, `task id 17`. */
export function numbered(words: readonly Word[]): Target | undefined {
  const numbers: number[] = []
  let isRange = false
  let isId = false
  for (const [index, word] of words.entries()) {
    const range = /^#?(\d{1,4})(?:-|–)#?(\d{1,4})$/.exec(word.text)
    const several = numbersOf(word)
    if (range !== null) {
      numbers.push(...numbersFrom(Number(range[1]), Number(range[2])))
      isRange = true
    } else if (several.length > 0 && !(index > 0 && words[index - 1]?.text === 'last')) numbers.push(...several)
    else if (isRangeMark(word) && isNumber(words[index - 1]) && isNumber(words[index + 1])) {
      numbers.push(...numbersFrom(numbers.at(-1) ?? 0, numberOf(words[index + 1]?.text ?? '') ?? 0).slice(1, -1))
      isRange = true
    } else if (word.text === 'id' || word.text === 'ids') isId = true
    else if (!NUMBER_LEADS.has(word.text) && !isNoun(word, words[index + 1])) return undefined
  }
  // "one" alone, and the "one" of "the first one", is no number.
  if (numbers.length === 0 || (words.length === 1 && words[0]?.text === 'one')) return undefined
  if (words.at(-1)?.text === 'one' && ['the', 'my'].includes(words[0]?.text ?? '')) return undefined
  const all = [...new Set(numbers)]
  return isId ? { by: 'id', ids: all } : { by: 'number', numbers: all, isRange }
}

function numbersOf({ text: word }: Word): readonly number[] {
  const single = numberOf(word)
  if (single !== undefined) return [single]
  return /^#?\d{1,4}(?:,#?\d{1,4})+$/.test(word) ? word.split(',').flatMap((each) => numberOf(each) ?? []) : []
}

function isNumber(word: Word | undefined): boolean {
  return word !== undefined && numberOf(word.text) !== undefined
}

function isRangeMark({ text: word }: Word): boolean {
  return ['to', 'through', 'thru', 'until', '-', '–'].includes(word)
}

function numbersFrom(first: number, last: number): readonly number[] {
  return last < first || last - first > 200
    ? [first, last]
    : Array.from({ length: last - first + 1 }, (_, n) => first + n)
}

/** Whether the word means "task", right or, before a number, wrong. */
function isNoun({ text: word }: Word, next?: Word): boolean {
  if (NOUNS.has(word)) return true
  return (
    next !== undefined &&
    isNumber(next) &&
    (isMisspelt(word, 'task') || isMisspelt(word, 'tasks') || /^t[ask]{2,4}$/.test(word))
  )
}

/** Reads `the second one`, `the first and the third task`, `the last two`. */
export function positioned(words: readonly Word[]): Target | undefined {
  const positions: number[] = []
  let isRange = false
  for (const [index, { text: word }] of words.entries()) {
    const position = positionOf(word)
    const count = numberOf(word)
    if (position !== undefined) positions.push(position)
    else if (count !== undefined && index > 0 && positions.length === 1 && word !== 'one') {
      const [first = 1] = positions
      positions.splice(0, 1, ...Array.from({ length: Math.min(count, 50) }, (_, n) => (first < 0 ? -1 - n : first + n)))
      isRange = true
    } else if (!['the', 'my', 'and', '&', 'one', 'ones'].includes(word) && !NOUNS.has(word)) return undefined
  }
  return positions.length === 0 ? undefined : { by: 'position', positions, isRange }
}
