import type { Target } from '../command.ts'
import type { Word } from '../language/words.ts'
import { filterOf } from './filter.ts'
import { numbered, positioned } from './numbers.ts'
import { NOUNS, PLURAL_NOUNS, wordSet } from './vocabulary.ts'

/** The tasks that the words name: by number, title or position, all of a kind, or those that were mentioned before. */
export function targetOf(words: readonly Word[]): Target {
  const named = withoutList(words.filter(({ isDecoration }) => !isDecoration))
  return numbered(named) ?? mentioned(named) ?? positioned(named) ?? filtered(named) ?? byName(named)
}

const text = ({ text: word }: Word): string => word

/** Without "from my list" at the end. */
function withoutList(words: readonly Word[]): readonly Word[] {
  const end = words.slice(-4).map(text)
  for (const length of [4, 3, 2]) {
    const [preposition = '', my = '', ...list] = end.slice(-length)
    if (!['from', 'on', 'off', 'in', 'of'].includes(preposition) || words.length <= length) continue
    if (
      ['my', 'the', 'our'].includes(my) &&
      ['list', 'todo list', 'to-do list', 'task list', 'to do list'].includes(list.join(' '))
    ) {
      return words.slice(0, -length)
    }
  }
  return words
}

const ONE = wordSet(
  'it|that|this|that one|this one|that task|this task|the same|the same one|the same task|the task|the one'
    .replaceAll(' ', '_')
    .replaceAll('|', ' '),
)

const ALL = wordSet(
  'them|those|these|both|both of them|both tasks|all of them|all of those|all of these|all those|all these|those tasks|these tasks|them all|those two|these two|these ones|those ones'
    .replaceAll(' ', '_')
    .replaceAll('|', ' '),
)

function mentioned(words: readonly Word[]): Target | undefined {
  const phrase = words.map(text).join('_')
  if (ONE.has(phrase)) return { by: 'mention', all: false }
  return ALL.has(phrase) ? { by: 'mention', all: true } : undefined
}

const QUANTIFIERS = wordSet('all every everything each whole entire full list')

const OF_TASKS =
  wordSet(`all of my the our every everything each single whole entire full list tasks task todos todo to-do
  items item things stuff ones that that's are is i have i've which been from on in yet already currently`)

/** Reads `all my tasks`, `the completed ones`, `everything that is overdue`. */
function filtered(words: readonly Word[]): Target | undefined {
  const found = filterOf(words, OF_TASKS)
  if (found === undefined) return undefined
  const spoken = new Set(words.map(text))
  const isSeveral = [...QUANTIFIERS, ...PLURAL_NOUNS].some((word) => spoken.has(word))
  const isAllOfStatus = words.length === 1 && spoken.has('completed')
  // "finish everything tomorrow" says when to do it, not which tasks.
  const isDated = found.filter.due !== undefined || found.filter.day !== undefined
  if (isDated && !['due', 'overdue', 'undated', 'date', 'dates'].some((word) => spoken.has(word))) return undefined
  return isSeveral || isAllOfStatus ? { by: 'filter', filter: found.filter } : undefined
}

const ARTICLES = wordSet('a an any some one another my the something')

const LEADS = wordSet('called named titled')

/** The title in `the meeting task`, `task called "milk"`, `milk and bread`. */
function byName(words: readonly Word[]): Target {
  let named = words
  while (['the', 'my', 'our', 'that', 'this'].includes(named[0]?.text ?? '') && named.length > 1) named = named.slice(1)
  if (isNounAt(named, 0) && named.length > 1) {
    named = named.slice(1)
    if (named.length > 1 && (LEADS.has(named[0]?.text ?? '') || ['for', 'to'].includes(named[0]?.text ?? '')))
      named = named.slice(1)
  }
  if (named.length > 1 && (isNounAt(named, named.length - 1) || named.at(-1)?.text === 'one'))
    named = named.slice(0, -1)
  if (named.every((word) => ARTICLES.has(word.text) || NOUNS.has(word.text))) return { by: 'nothing' }
  const [only] = named
  if (named.length === 1 && only !== undefined) return { by: 'name', name: only.raw, isQuoted: only.isQuoted }
  const parts = partsOf(named)
  return {
    by: 'name',
    name: named.map((word) => word.raw + (word === named.at(-1) ? '' : word.tail)).join(' '),
    isQuoted: false,
    ...(parts.length > 1 && { parts: parts.map(targetOf) }),
  }
}

function isNounAt(words: readonly Word[], index: number): boolean {
  return NOUNS.has(words[index]?.text ?? '')
}

/** The items of a list, split at commas and "and". */
function partsOf(words: readonly Word[]): (readonly Word[])[] {
  const parts: Word[][] = [[]]
  for (const word of words) {
    const isAnd = word.text === 'and' || word.text === '&'
    if (!isAnd) parts.at(-1)?.push(word)
    if (isAnd || word.tail.includes(',')) parts.push([])
  }
  return parts.filter((part) => part.length > 0)
}
