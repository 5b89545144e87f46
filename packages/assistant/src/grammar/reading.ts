import type { Command, Filter } from '../command.ts'
import type { Word } from '../language/words.ts'
import { filterOf } from './filter.ts'
import { rule, type Rule } from './rule.ts'
import { targetOf } from './target.ts'
import { trimmedEnd } from '../language/trim.ts'
import { freeText } from './title.ts'
import { LIMITING, NOUNS, wordSet } from './vocabulary.ts'

const SHOW =
  "(show|display|see|view|open|read|tell me about|give me|get|show me|details of|details for|details on|details about|what is|what's|what is in|what's in)"
const FIND =
  '(find|search|search for|look for|look up|find me|show|show me|list|display|get|get me|give me|which|what|are there|is there|do i have|have i got)'
const ANY = '[all|my|any|the|a|an|all my|all the|all of my|some]'
const ABOUT =
  '(about|with|containing|mentioning|named|called|that contain|that mention|that contains|that mentions|related to|regarding|with the word|contain|mention|on|for|are about|that are about)'

/** Questions about the list. They change nothing. */
export const readRules: readonly Rule[] = [
  rule(
    `(is|are|was|were) <tasks> (done|complete|completed|finished|still open|still pending|open|pending|due|overdue|urgent) [yet|already|now]
     (did|have|had) i [already|really] (finish|finished|complete|completed|do|done) <tasks> [yet|already]
     (what's|what is|how's|how is) the (status|state) of <tasks>
     (when is|when are|when's) <tasks> due
     (is|are) <tasks> (due|overdue)
     (where is|where's|where are) <tasks>`,
    ({ tasks = [] }) => stateOf(tasks),
  ),
  rule('<phrase>', ({ phrase = [] }) => countOf(phrase)),
  rule(`${SHOW} <tasks>`, ({ tasks = [] }) => {
    const target = targetOf(tasks)
    const isExact = target.by === 'number' || target.by === 'id' || target.by === 'position' || target.by === 'mention'
    return isExact && target.by !== 'mention' ? { do: 'show', target } : undefined
  }),
  rule('<phrase>', ({ phrase = [] }) => listOf(phrase)),
  rule(
    `${FIND} ${ANY} [pending|open|completed] NOUN ${ABOUT} <text>
     (find|search for|search|look for|look up) ${ANY} <text> [tasks|todos|task]
     (is there|do i have) (a|any) NOUN to <text>
     (show|list|find) [me] everything ${ABOUT} <text>`,
    ({ text = [] }, message) => searchFor(text, message),
  ),
  rule(
    `(show|show me|list|what's in|what is in|view|see|open|display) [me] [my|the|all] (trash|bin|recycle bin|deleted tasks|deleted items|deleted ones|deleted)
     (empty) [my|the] (trash|bin|recycle bin)
     (what have i deleted|what did i delete|which tasks did i delete|which tasks were deleted)
     (restore|bring back|recover|undelete) <tasks>`,
    () => ({ do: 'trash' }),
  ),
]

/** "task 3 done?": only the question mark tells it from "task 3 done". */
export const stateQuestions: readonly Rule[] = [
  rule('<tasks> [already] (done|complete|completed|finished) [yet|already]', ({ tasks = [] }) => stateOf(tasks)),
]

function stateOf(tasks: readonly Word[]): Command | undefined {
  const target = targetOf(tasks)
  // "is anything overdue?" asks for a list.
  const isAny = target.by === 'name' && LIMITING.has(target.name.toLowerCase())
  return isAny || target.by === 'filter' || target.by === 'nothing' ? undefined : { do: 'show', target }
}

function searchFor(words: readonly Word[], message: string): Command | undefined {
  const last = words.at(-1)
  const withoutNoun = words.length > 1 && last !== undefined && NOUNS.has(last.text) ? words.slice(0, -1) : words
  const [first, ...rest] = withoutNoun
  const named = rest.length > 0 && ['the', 'my', 'a', 'an'].includes(first?.text ?? '') ? rest : withoutNoun
  const [only] = named
  if (only === undefined || (named.length === 1 && ['all', 'my', 'tasks', 'task', 'it', 'them'].includes(only.text))) {
    return undefined
  }
  return { do: 'list', filter: { status: 'all', search: trimmedEnd(freeText(named, message), '?! ') } }
}

const HEADS =
  wordSet(`show list display see view print give get tell read fetch pull what what's whats which where gimme got can could do have
  did are is any anything let my the all everything pending completed done open tasks todos to-dos todo to-do check review
  remaining unfinished finished incomplete overdue upcoming today today's tomorrow tomorrow's high low medium urgent
  important outstanding how's need undated no task tagged`)
/** What a question about the list may contain beside its filter. */
const SPOKEN =
  wordSet(`show list lists display see view print give get tell read fetch pull up gimme that's what what's which where's do
  have has did are is was be any anything let me us my mine the a an all of every everything each single whole entire full
  task tasks todo todos to-do to-dos item items things thing stuff ones one i i've we to at in on for now so far already yet
  there please can could you check review plate agenda currently moment right need got next day schedule planned plan things else that which
  still looks look like and just right should their them details been been with entries overview summary today's as remains remain`)
const EVIDENCE =
  wordSet(`task tasks todo todos to-do to-dos list lists item items things everything all plate agenda next
  left stuff anything do schedule overview`)

/** The words of questions about the list. */
export const listWords: ReadonlySet<string> = new Set([...HEADS, ...SPOKEN])

function listOf(words: readonly Word[]): Command | undefined {
  if (!HEADS.has(words[0]?.text ?? '') || words.length > 16) return undefined
  const read = filterOf(withoutListNoun(words), SPOKEN)
  if (read === undefined) return undefined
  const spoken = words.map(({ text }) => text)
  if (!read.isNarrow && !spoken.some((word) => EVIDENCE.has(word))) return undefined
  return { do: 'list', filter: wholeIfAll(read.filter, spoken) }
}

/** "my to do list" says nothing about what is still to do. */
function withoutListNoun(words: readonly Word[]): readonly Word[] {
  return words.filter(
    ({ text }, index) =>
      !(text === 'to' && words[index + 1]?.text === 'do' && /^(?:lists?|items?)$/.test(words[index + 2]?.text ?? '')),
  )
}

function wholeIfAll(filter: Filter, spoken: readonly string[]): Filter {
  const isWhat = ['what', "what's"].includes(spoken[0] ?? '')
  return filter.status === 'all' && isWhat && spoken.includes('next') ? { ...filter, status: 'pending' } : filter
}

const COUNTED = wordSet('task tasks todo todos to-dos items things left pending done open completed overdue')

function countOf(words: readonly Word[]): Command | undefined {
  const spoken = words.map(({ text }) => text)
  const start = [
    ['how', 'many'],
    ['how', 'much'],
    ['count'],
    ['number', 'of'],
    ["what's", 'the', 'number', 'of'],
    ['what', 'is', 'the', 'number', 'of'],
  ].find((lead) => lead.every((word, index) => spoken[index] === word))
  if (start === undefined || !spoken.some((word) => COUNTED.has(word))) return undefined
  const read = filterOf(words.slice(start.length), SPOKEN)
  return read && { do: 'count', filter: read.filter }
}
