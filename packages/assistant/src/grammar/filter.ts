import type { Filter, Priority, Status } from '../command.ts'
import type { Word } from '../language/words.ts'
import { wordSet } from './vocabulary.ts'

/** A filter, and what the words said to give it. */
export interface ReadFilter {
  readonly filter: Filter
  /** A status, a day, a priority or a tag was named. */
  readonly isNarrow: boolean
}

/** What the words at an index say: how many they are, and the part of the filter that they give. */
interface FilterPhrase {
  readonly length: number
  readonly gives?: Partial<Filter>
  readonly negates?: true
}

/**
 * The filter that the words describe. Each word must be part of it or one of `ignorable`: else there is none, for a word
 * that is not understood may say which tasks are not meant.
 */
export function filterOf(words: readonly Word[], ignorable: ReadonlySet<string>): ReadFilter | undefined {
  let given: Partial<Filter> = {}
  let isNegated = false
  const kept = words.filter(({ isDecoration }) => !isDecoration)
  for (let at = 0; at < kept.length;) {
    const part = partAt(kept, at, ignorable)
    if (part === undefined) return undefined
    isNegated ||= part.negates ?? false
    for (const [key, value] of Object.entries(part.gives ?? {})) {
      const known = Object.entries(given).find(([name]) => name === key)?.[1]
      if (known !== undefined && known !== value && !(key === 'status' && isNegated)) return undefined
    }
    given = { ...given, ...part.gives }
    at += part.length
  }
  const status = isNegated ? negated(given.status) : given.status
  if (isNegated && status === undefined) return undefined
  if (status === 'completed' && (given.due !== undefined || given.day !== undefined)) return undefined
  return { filter: { ...given, status: status ?? 'all' }, isNarrow: Object.keys(given).length > 0 }
}

function negated(status: Status | undefined): Status | undefined {
  return status === 'completed' ? 'pending' : undefined
}

function partAt(words: readonly Word[], at: number, ignorable: ReadonlySet<string>): FilterPhrase | undefined {
  const word = words[at]
  if (word === undefined || word.isQuoted) return undefined
  const phrase = (length: number) =>
    words
      .slice(at, at + length)
      .map(({ text }) => text.replace(/'s$/, ''))
      .join(' ')
  for (const length of [4, 3, 2]) {
    if (at + length > words.length) continue
    const gives = PHRASES.get(phrase(length))
    if (gives !== undefined) return { length, gives }
  }
  const tag = tagAt(words, at)
  if (tag !== undefined) return tag
  if (NEGATIONS.has(word.text)) return { length: 1, negates: true }
  const gives = PHRASES.get(word.text) ?? PHRASES.get(phrase(1))
  if (gives !== undefined) return { length: 1, gives }
  return ignorable.has(word.text) ? { length: 1 } : undefined
}

/** Reads `#home`, `tagged home`, `with the tag home`. */
function tagAt(words: readonly Word[], at: number): FilterPhrase | undefined {
  const [first, ...rest] = words.slice(at, at + 4)
  if (first === undefined) return undefined
  if (/^#\D/.test(first.raw)) return { length: 1, gives: { tag: first.raw.slice(1) } }
  const lead = [first, ...rest].findIndex(({ text }) => TAGGED.has(text))
  if (lead < 0 || ![first, ...rest].slice(0, lead).every(({ text }) => text === 'with' || text === 'the'))
    return undefined
  const skip = ['as', 'with'].includes(words[at + lead + 1]?.text ?? '') ? 1 : 0
  const name = words[at + lead + 1 + skip]
  return name === undefined || name.isDecoration
    ? undefined
    : { length: lead + 2 + skip, gives: { tag: name.raw.replace(/^#/, '') } }
}

const TAGGED = wordSet('tagged labelled labeled tag label')
const NEGATIONS = wordSet("not haven't hasn't isn't aren't didn't")

const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')
const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low']

/** What words and groups of words say about the tasks that are meant. */
const PHRASES = new Map<string, Partial<Filter>>([
  ...entries('pending|open|incomplete|uncompleted|unfinished|undone|remaining|left|outstanding|active|still', {
    status: 'pending',
  }),
  ...entries(
    'need to get done|have to get done|need to do|have to do|must do|should do|need to|have to|should|must|supposed to do|got to do',
    {
      status: 'pending',
    },
  ),
  ...entries('completed|complete|done|finished|accomplished|achieved|closed|finish|checked off|ticked off', {
    status: 'completed',
  }),
  ...entries('overdue|over due|past due|late', { due: 'overdue', status: 'pending' }),
  ...entries('today|due today|for today|tonight', { due: 'today', status: 'pending' }),
  ...entries('upcoming|coming up|this week|due this week|due soon', { due: 'upcoming', status: 'pending' }),
  ...entries('no date|no due date|without a date|without a due date|without due date|without date|undated', {
    due: 'none',
  }),
  ...entries('with a date|with a due date|with due date|with dates|with due dates|dated|due', {
    due: 'any',
    status: 'pending',
  }),
  ...entries('no priority|without priority|without a priority', { priority: 'none' }),
  ...entries('urgent|important|most important|most urgent', { priority: 'high' }),
  ...PRIORITIES.flatMap((priority) =>
    entries(`${priority} priority|${priority} prio|${priority}-priority`, { priority }),
  ),
  ...['tomorrow', 'next week', ...WEEKDAYS].flatMap((day) =>
    entries([day, `due ${day}`, `on ${day}`, `due on ${day}`, `next ${day}`, `for ${day}`].join('|'), {
      day,
      status: 'pending',
    }),
  ),
])

function entries(phrases: string, gives: Partial<Filter>): (readonly [string, Partial<Filter>])[] {
  return phrases.split('|').map((phrase) => [phrase, gives])
}

export const filterWords: ReadonlySet<string> = new Set([...PHRASES.keys()].flatMap((phrase) => phrase.split(' ')))
