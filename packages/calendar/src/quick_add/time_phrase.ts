import { isTime } from '../day.ts'
import { wholeNumber, wordSet } from './vocabulary.ts'
import { continued, type Phrase, type Word } from './words.ts'

/** A time of day `HH:MM`. `weak`: written `9:30` with nothing to tell it from a score, a verse or a duration. */
export interface TimeForm {
  time: string
  weak: boolean
}

/** Reads a time that starts at the index: `5pm`, `5:30 pm`, `17:00`, `at 9:30`, `noon`. */
export function readTime(words: Word[], index: number): Phrase<TimeForm> | undefined {
  const word = words[index]?.text ?? ''
  if (word !== 'at' && word !== 'by') return readOwnTime(words, index)
  if (continued(words, index + 1) === '') return undefined
  const time = readOwnTime(words, index + 1)
  return time && { ...time, value: { ...time.value, weak: false } }
}

function readOwnTime(words: Word[], index: number): Phrase<TimeForm> | undefined {
  const word = words[index]?.text ?? ''
  if (word === 'noon') return { value: { time: '12:00', weak: false }, next: index + 1 }
  const half = continued(words, index + 1)
  if (half === 'am' || half === 'pm') return phrase(halfDayTime(word, half), index + 2)
  const end = word.slice(-2)
  if (end === 'am' || end === 'pm') return phrase(halfDayTime(word.slice(0, -2), end), index + 1)
  if (isTime(word)) return NOT_TIMES.has(half) ? undefined : phrase(word, index + 1)
  if (!isTime(`0${word}`)) return undefined
  const before = words[index - 1]?.text ?? ''
  return DURATION_OR_VERSE.has(before) ? undefined : { value: { time: `0${word}`, weak: true }, next: index + 1 }
}

function phrase(time: string | undefined, next: number): Phrase<TimeForm> | undefined {
  return time === undefined ? undefined : { value: { time, weak: false }, next }
}

/** `05:30` of `5:30` in the first or the second half of the day. */
function halfDayTime(clock: string, half: 'am' | 'pm'): string | undefined {
  const [hours = '', minutes = '00', more] = clock.split(':', 3)
  const hour = wholeNumber(hours, 2)
  if (hour === undefined || hour < 1 || hour > 12 || more !== undefined) return undefined
  const time = `${String((hour % 12) + (half === 'pm' ? 12 : 0)).padStart(2, '0')}:${minutes}`
  return isTime(time) ? time : undefined
}

/** After `16:10` these say that it is a shape. */
const NOT_TIMES = wordSet('monitor display screen ratio aspect')

/** Before `3:16` these say that it is a duration, a ratio or a verse. */
const DURATION_OR_VERSE = wordSet(
  'in under within of to for ratio score verse chapter episode lap won lost genesis exodus psalm psalms proverbs isaiah matthew mark luke john acts romans corinthians galatians ephesians philippians hebrews james peter revelation',
)
