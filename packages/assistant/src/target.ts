import type { Status, Target } from './command.ts'
import { numberOf, positionOf, unquoted } from './text.ts'

const NOUN = '(?:tasks?|todos?|to-dos?|to dos?|items?|entry|entries|reminders?)'

const numberWord = '(?:\\d{1,10}|one|two|three|four|five|six|seven|eight|nine|ten)'
const numbered = new RegExp(
  `^(?:the\\s+|my\\s+)?(?:${NOUN}\\s*)?(?:with\\s+)?(?:the\\s+)?(?:numbers?|nos?\\.?|ids?|#)?\\s*:?\\s*` +
    `(${numberWord}(?:(?:\\s*,\\s*and\\s+|\\s*,\\s*|\\s+and\\s+|\\s*&\\s*|\\s+)(?:${NOUN}\\s*)?#?${numberWord})*)$`,
  'i',
)
const ordinal = new RegExp(`^(?:the\\s+|my\\s+)?([a-z]+|\\d+(?:st|nd|rd|th))(?:\\s+(?:one|${NOUN}))?$`, 'i')
const every = new RegExp(
  `^(?:(?:all|every|everything|each)\\b.*|(?:my|the)\\s+(?:(?:whole|entire|full)\\s+)?(?:${NOUN}\\s+)?list|` +
    `(?:all\\s+)?(?:of\\s+)?(?:my\\s+|the\\s+)?(?:(?:completed?|done|finished|pending|open|incomplete|unfinished)\\s+)` +
    `(?:tasks|todos|to-dos|items|ones|stuff|things))$`,
  'i',
)
const mentioned = new RegExp(
  `^(?:it|that|this|(?:that|this|the same)\\s+(?:one|${NOUN})|the\\s+task)(?:\\s+again)?$`,
  'i',
)
const mentionedAll =
  /^(?:them|those|these|both|both of them|all of (?:them|those|these)|(?:those|these) (?:tasks|items|two|ones))$/i
const nothing = new RegExp(`^(?:a|an|any|some|one|another|my|the)?\\s*(?:of\\s+my\\s+)?${NOUN}?$`, 'i')

/** The tasks that a phrase names: by number, by title, by position in the last list, or by reference to earlier messages. */
export function targetOf(phrase: string): Target {
  const name = phrase
    .trim()
    .replace(/[.!?,;:]+$/, '')
    .replace(/\s+(?:from|on|off|in|of)\s+(?:my|the)\s+(?:\S+\s+)?list$/i, '')
  const numbers = numbered.exec(name)?.[1]
  if (numbers !== undefined) return { by: 'number', numbers: numbersIn(numbers) }
  if (mentionedAll.test(name)) return { by: 'mention', all: true }
  if (mentioned.test(name)) return { by: 'mention', all: false }
  const position = positionOf(ordinal.exec(name)?.[1] ?? '')
  if (position !== undefined) return { by: 'position', position }
  if (every.test(name) && !/["']/.test(name)) return { by: 'status', status: statusIn(name) ?? 'all' }
  if (nothing.test(name)) return { by: 'nothing' }
  return { by: 'name', name: nameOf(name) }
}

function numbersIn(text: string): number[] {
  const words = text.split(/[^a-z0-9]+/i).flatMap((word) => numberOf(word) ?? [])
  return [...new Set(words)]
}

/** The part of a phrase that names a task: "meeting" in "the meeting task". */
function nameOf(phrase: string): string {
  const name = phrase
    .replace(/^(?:the|my|our|that|this)\s+/i, '')
    .replace(
      new RegExp(
        `^${NOUN}\\s+(?:(?:called|named|titled|about|for|to|with the title|that says|which says)\\s+)?(?=\\S)`,
        'i',
      ),
      '',
    )
    .replace(new RegExp(`(?<=\\S)\\s+${NOUN}$`, 'i'), '')
    .replace(/(?<=\S)\s+one$/i, '')
  return unquoted(name)
}

const PENDING =
  /\b(?:not\s+(?:yet\s+)?(?:been\s+)?(?:done|completed?|finished)|haven'?t|have not|didn'?t|did not|isn'?t|aren'?t|pending|open|incomplete|uncompleted|unfinished|undone|remaining|remains?|left|outstanding|active|still|due|to[- ]do|todo|need to|have to|should|must|supposed to|next)\b/i
const COMPLETED = /\b(?:completed?|done|finish(?:ed)?|accomplished?|achieved?|closed|ticked|checked|did)\b/i

/** The status that a text mentions; undefined if it mentions none. */
export function statusIn(text: string): Status | undefined {
  if (PENDING.test(text)) return 'pending'
  return COMPLETED.test(text) ? 'completed' : undefined
}
