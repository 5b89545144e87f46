import { parseDuration } from '../reminder.ts'
import type { QuickAddContext } from './context.ts'
import { definite, readDate, type DateForm } from './date_phrase.ts'
import { readEvery, type EveryForm } from './every_phrase.ts'
import { tagOf } from './tag.ts'
import { readTime, type TimeForm } from './time_phrase.ts'
import { WEEKDAYS, wholeNumber, wordSet } from './vocabulary.ts'
import { continued, type Phrase, type Word } from './words.ts'

/** What a token says. `from`, `until` and `count` belong to a recurrence elsewhere in the text. */
export type Meaning =
  | { is: 'tag'; tag: string }
  | { is: 'priority'; priority: 'high' | 'medium' | 'low' }
  | { is: 'due_date'; date: DateForm }
  | { is: 'due_time'; time: TimeForm }
  | { is: 'every'; every: EveryForm }
  | { is: 'from'; date: DateForm }
  | { is: 'until'; date: DateForm }
  | { is: 'start_date'; date: DateForm }
  | { is: 'count'; count: number }
  | { is: 'reminder'; reminder: string }

/** Reads the token that starts at the index, the longest that the grammar has there. */
export function readToken(words: Word[], index: number, context: QuickAddContext): Phrase<Meaning> | undefined {
  const word = words[index]
  if (!word || word.text === '') return undefined
  return (
    readSign(word, index) ??
    readStart(words, index, context) ??
    readReminder(words, index) ??
    as(readEvery(words, index), (every) => ({ is: 'every', every })) ??
    as(readTime(words, index), (time) => ({ is: 'due_time', time })) ??
    readDueDate(words, index, context)
  )
}

/** Reads `from <date>`, `until <date>` or `N times`, which mean something only beside a recurrence. */
export function readRuleEnd(words: Word[], index: number, context: QuickAddContext): Phrase<Meaning> | undefined {
  const word = words[index]?.text ?? ''
  const second = continued(words, index + 1)
  if (second === '') return undefined
  if (word === 'from' || word === 'until') {
    return as(definite(readDate(words, index + 1, context)), (date) => ({ is: word, date }))
  }
  const count = wholeNumber(word, 3)
  return count && (second === 'times' || (second === 'time' && count === 1))
    ? { value: { is: 'count', count }, next: index + 2 }
    : undefined
}

function as<T>(phrase: Phrase<T> | undefined, meaning: (value: T) => Meaning): Phrase<Meaning> | undefined {
  return phrase && { value: meaning(phrase.value), next: phrase.next }
}

/** Reads `#tag` and `!1`. */
function readSign(word: Word, index: number): Phrase<Meaning> | undefined {
  const tag = tagOf(word.raw)
  if (tag !== undefined) return { value: { is: 'tag', tag }, next: index + 1 }
  const priority = PRIORITIES.get(word.text)
  return priority && { value: { is: 'priority', priority }, next: index + 1 }
}

function readStart(words: Word[], index: number, context: QuickAddContext): Phrase<Meaning> | undefined {
  if (words[index]?.text !== 'start' || continued(words, index + 1) === '') return undefined
  return as(readDate(words, index + 1, context), (date) => ({ is: 'start_date', date }))
}

/** Reads `remind 30m`: 28 days at most, as the field has it. */
function readReminder(words: Word[], index: number): Phrase<Meaning> | undefined {
  if (words[index]?.text !== 'remind') return undefined
  const [, number = '', unit = ''] = /^(\d{1,5})(m|min|h|d|w)$/.exec(continued(words, index + 1)) ?? []
  const size = `${Number(number)}${unit.charAt(0).toUpperCase()}`
  const duration = unit === 'd' || unit === 'w' ? `P${size}` : `PT${size}`
  if (unit === '' || !parseDuration(duration)) return undefined
  const reminder = Number(number) === 0 ? 'PT0S' : duration
  return { value: { is: 'reminder', reminder }, next: index + 2 }
}

function readDueDate(words: Word[], index: number, context: QuickAddContext): Phrase<Meaning> | undefined {
  const date = readDate(words, index, context)
  if (!date || ('weekday' in date.value && date.value.bare && isNoun(words, index))) return undefined
  return { value: { is: 'due_date', date: date.value }, next: date.next }
}

/** Whether the words before a bare weekday say that it names no day to come: `the sun`, `she sat`, `every other friday`. */
function isNoun(words: Word[], index: number): boolean {
  const [before, word] = [words[index - 1], words[index]]
  if (!before || before.tail !== '' || !word) return false
  if (NOT_BEFORE_WEEKDAY.has(before.text)) return true
  if (words[index - 2]?.text === 'every' && !FREQUENCY_UNITS.has(before.text)) return true
  return word.text.length === 3 && WEEKDAYS.has(word.text) && PRONOUNS.has(before.text)
}

const PRIORITIES = new Map<string, 'high' | 'medium' | 'low'>([
  ['!1', 'high'],
  ['!2', 'medium'],
  ['!3', 'low'],
  ['!high', 'high'],
  ['!medium', 'medium'],
  ['!low', 'low'],
])

const NOT_BEFORE_WEEKDAY = wordSet('the a an my your his her its our their every last past previous')
const FREQUENCY_UNITS = wordSet('day week month year')
const PRONOUNS = wordSet('i you he she it we they who that')
