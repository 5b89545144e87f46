import type { Status } from '../command.ts'
import { statusIn, targetOf } from '../target.ts'
import { unquoted } from '../text.ts'
import { NOUN, type Rule } from './rule.ts'

// Questions about the list.

export const count: Rule = (phrase) =>
  /^(?:how many|count|what(?:'s| is) the (?:number|count)|number of)\b/i.test(phrase) &&
  /\b(?:tasks?|todos?|to-dos?|items?|things|left|pending|done|completed|have i)\b/i.test(phrase)
    ? { do: 'count', status: statusIn(phrase.replace(/\bdo i\b/i, '')) ?? 'all' }
    : undefined

const searches = [
  new RegExp(
    `^(?:find|search(?: for)?|look for|look up)\\s+(?:me\\s+)?(?:all\\s+|my\\s+|any\\s+|the\\s+|a\\s+)*(?:${NOUN}s?\\s+)?(?:about|with|for|containing|mentioning|called|named|that (?:contain|mention)s?|related to|on)?\\s*(.+)$`,
    'is',
  ),
  new RegExp(`^(?:is there|do i have)\\s+(?:a|any)\\s+${NOUN}\\s+to\\s+(.+)$`, 'is'),
  new RegExp(
    `^(?:show|list|display|get|give|which|what|are there|is there|do i have)\\s+(?:me\\s+)?(?:all\\s+|my\\s+|any\\s+|the\\s+|a\\s+|an\\s+|of\\s+)*${NOUN}s?\\s+(?:(?:do|that|which|are|is|i have)\\s+)*(?:about|containing|contain|mentioning|mention|called|named|related to|regarding|with the word)\\s+(.+)$`,
    'is',
  ),
]

export const search: Rule = (phrase) => {
  for (const pattern of searches) {
    const what = pattern.exec(phrase)?.[1]
    if (what !== undefined && !/^(?:all|my|tasks?)$/i.test(what)) {
      return {
        do: 'list',
        status: 'all',
        search: unquoted(what.replace(new RegExp(`\\s+${NOUN}s?$`, 'i'), '')),
        dated: false,
      }
    }
  }
  return undefined
}

const showTask = new RegExp(
  `^(?:show|display|see|view|open|read|tell me about|give me|what(?:'s| is)(?: in)?|details of)\\s+(?:me\\s+)?((?:${NOUN})\\s*(?:number\\s*|no\\.?\\s*)?#?\\d+|#\\d+)$`,
  'i',
)

export const show: Rule = (phrase) => {
  const named = showTask.exec(phrase)?.[1]
  return named === undefined ? undefined : { do: 'show', target: targetOf(named) }
}

const ASKS =
  /^(?:show|list|display|see|view|print|give|get|tell|read|fetch|pull up|what|what's|whats|which|do i|have i|did i|is there|are there|any|anything|let me see|my|all|everything|pending|completed|done|open|tasks|todos|to-dos|todo|to-do|where|check|review|remaining|unfinished|finished)\b/i
const LISTABLE =
  /\b(?:tasks?|todos?|to-dos?|to-do|lists?|items?|things|everything|all|pending|open|completed?|done|finish(?:ed)?|remaining|left|outstanding|unfinished|incomplete|next|accomplished?|(?:have|need|supposed|got) to(?: do)?|should i|must i|to do|did i|on my plate|agenda|anything|up|due|overdue)\b/i

export const list: Rule = (phrase) => {
  if (!ASKS.test(phrase) || !LISTABLE.test(phrase)) return undefined
  if (
    /\b(?:weather|joke|news|time is it|meaning|capital|president|recipe|song|story|poem|password|secret|prompt)\b/i.test(
      phrase,
    )
  )
    return undefined
  if (phrase.split(' ').length > 14 || /\b(?:priority|urgent|important|tagged|labell?ed)\b/i.test(phrase))
    return undefined
  const whole =
    /\b(?:all|everything|every)\b/i.test(phrase) &&
    !/\b(?:pending|open|completed|done|finished|unfinished|incomplete|remaining|left)\b/i.test(phrase)
  const status: Status = whole
    ? 'all'
    : (statusIn(phrase.replace(/\bto-?do(?:s| list| items)\b|\btodos?\b(?! do)/gi, 'tasks')) ?? 'all')
  return {
    do: 'list',
    status,
    dated:
      /\b(?:today|tomorrow|tonight|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|due|overdue)\b/i.test(
        phrase,
      ),
  }
}
