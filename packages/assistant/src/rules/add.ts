import type { Command, NewTask } from '../command.ts'
import { capital, unquoted } from '../text.ts'
import { NOUN, type Rule } from './rule.ts'

// Commands that add tasks.

const STRONG = '(?:add|create|insert|jot down|write down|note down|record|register|new)'
const adding = new RegExp(`^(?:${STRONG}\\b|(?:task|todo|to-do|note to self|reminder)\\s*:)`, 'i')

export function isAdding(phrase: string): boolean {
  return adding.test(phrase) || remembering.some((pattern) => pattern.test(phrase))
}

const remembering = [
  /^(?:i\s+)?(?:really\s+)?(?:need|have|want|ought|must|got)\s+(?:to\s+)?remember\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+|about\s+)?(.+)$/is,
  /^i\s+(?:must not|mustn't|should not|shouldn't|can't|cannot)\s+forget\s+(?:to\s+|about\s+)?(.+)$/is,
  /^(?:don't|do not|never)\s+(?:let\s+me\s+)?forget\s+(?:to\s+|about\s+|that i (?:need|have) to\s+)?(.+)$/is,
  /^remember\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+|me\s+to\s+)?(.+)$/is,
  /^remind\s+me\s+(?:to\s+|about\s+|that\s+i\s+(?:need|have)\s+to\s+|of\s+)?(.+)$/is,
  /^make\s+sure\s+(?:that\s+)?i\s+(?:remember\s+to\s+|don't forget to\s+)?(.+)$/is,
  /^(?:make\s+a\s+)?note(?:\s+to\s+self)?\s*[:,-]?\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+)?(.+)$/is,
]

export const remember: Rule = (_, text) => {
  for (const pattern of remembering) {
    const what = pattern.exec(text)?.[1]
    if (what !== undefined) return { do: 'add', tasks: [newTask(what)], reminder: /^remind/i.test(text) }
  }
  return undefined
}

const many = new RegExp(
  `^(?:${STRONG}|make|put)\\s+(?:me\\s+)?(?:the\\s+|these\\s+|some\\s+|my\\s+|two\\s+|three\\s+|four\\s+|five\\s+|\\d+\\s+)?(?:following\\s+)?(?:new\\s+)?(?:tasks|todos|to-dos|items|reminders)\\s*(?::|-|to\\b|called)?\\s*(.+)$`,
  'is',
)
const one = (verbs: string, article: string) =>
  new RegExp(
    `^(?:${verbs})\\s+(?:me\\s+)?${article}\\s*(?:more\\s+)?(?:new\\s+)?${NOUN}\\b\\s*` +
      `(?:(?:to|on|in|for)\\s+my\\s+(?:\\S+\\s+)?list\\b\\s*)?(?:called|named|titled|saying|that says|with (?:the )?title|which says|[:,–—-])?\\s*` +
      `(?:to\\s+|that\\s+i\\s+(?:need|have|should|must)(?:\\s+to)?\\s+|for\\s+|about\\s+)?(.*)$`,
    'is',
  )
const oneStrong = one(STRONG, '(?:a|an|another|one|the|this|my)?')
const oneWeak = one('make|put|start|set up|set|open|give me|i have|enter|log|schedule', '(?:a|an|another|one|new)')
const listed = new RegExp(
  `^(?:add|put|include|write|place|stick|throw|save|get)\\s+(.+?)\\s+(?:to|on|onto|in|into|down on)\\s+(?:my|the|our)\\s+(?:\\S+\\s+){0,2}?(?:list|tasks|todos|to-dos)$`,
  'is',
)
const bare =
  /^(?:add|new|create|jot down|write down|note down|task:|todo:|to-do:|reminder:|note to self:)\s*:?\s*(.+)$/is

// Several titles, each in quotes: "milk", "eggs" and "bread".
const QUOTED = /^(?:add\s+)?("[^"]+"(?:(?:\s*,\s*|\s*,?\s+and\s+)"[^"]+")+)$/i

export const add: Rule = (phrase, text) => {
  if (!isAdding(phrase)) return undefined
  const several = many.exec(phrase)?.[1]
  if (several !== undefined) return { do: 'add', tasks: titlesIn(several), reminder: false }
  const onList = listed.exec(phrase)?.[1]
  const quoted = QUOTED.exec(onList ?? phrase)?.[1]
  if (quoted !== undefined) return { do: 'add', tasks: titlesIn(quoted), reminder: false }
  const what = onList ?? oneStrong.exec(text)?.[1] ?? bare.exec(text)?.[1]
  return addOne(what)
}

export const addWeakly: Rule = (phrase, text) => {
  const what = listed.exec(phrase)?.[1] ?? oneWeak.exec(text)?.[1]
  return what === undefined ? undefined : addOne(what)
}

function addOne(what: string | undefined): Command {
  const task = newTask(what ?? '')
  return { do: 'add', tasks: task.title === '' ? [] : [task], reminder: false }
}

const described =
  /^(.*?\S)[\s,;]+(?:with|and|having)\s+(?:the\s+|a\s+|an\s+)?(?:description|desc|details?|notes?)\s*(?:of|saying|that says|as|:|=)?\s+(.+)$/is

export function newTask(what: string): NewTask {
  const parts = described.exec(what)
  const name = (parts?.[1] ?? what).replace(/\s+(?:to|on|in)\s+my\s+(?:\S+\s+)?list\s*[.!]*$/i, '')
  const title = capital(unquoted(name.replace(/^(["'])(.+)\1\s+(?:task|todo|to-do|item)$/i, '$2')))
  return parts?.[2] === undefined ? { title } : { title, description: unquoted(parts[2]) }
}

function titlesIn(text: string): NewTask[] {
  const lines = /[\n;]/.test(text) ? text.split(/[\n;]+/) : text.split(/\s*,\s*and\s+|\s*,\s*|\s+and\s+/i)
  return lines.map((line) => newTask(line.replace(/^\s*(?:[-*•]|\d+[.)])\s*/, ''))).filter(({ title }) => title !== '')
}
