import type { Command, Priority, TaskChange } from '../command.ts'
import type { Word } from '../language/words.ts'
import { rule, type Rule } from './rule.ts'
import { targetOf } from './target.ts'
import { capital, freeText, titleText } from './title.ts'
import { wordSet } from './vocabulary.ts'
import { isHedged } from './hedge.ts'

function update(tasks: readonly Word[], change: TaskChange): Command {
  return { do: 'update', target: targetOf(tasks), change }
}

const ARROW = '(to|into|as|with|->|=>|=|:)'
const SCHEDULED = '(to|for|on|until|till|as|by|:|=)'

/** Commands that change a task's description. */
export const describeRules: readonly Rule[] = [
  rule(`(clear|remove|delete|erase|drop) [the] DESCRIPTION (of|for|from|on) <tasks>`, ({ tasks = [] }) =>
    update(tasks, { set: 'description', description: null }),
  ),
  rule(
    `(change|set|update|edit|modify|make|replace) [the] DESCRIPTION OF <tasks> ${ARROW} <text>
     describe <tasks> (as|with|by|:) <text>
     (add|put|attach|write|append) [a|the] DESCRIPTION (to|on|for) <tasks> (saying|that says|to say|:|-) <text>
     (change|set|update|edit|modify|replace) <tasks> DESCRIPTION ${ARROW} <text>`,
    ({ tasks = [], text = [] }, message) =>
      update(possessor(tasks), { set: 'description', description: freeText(text, message) }),
  ),
  rule(`(add|put|attach|write|append) [a|the] DESCRIPTION (to|on|for) <all>`, ({ all = [] }, message) => {
    const { before, behind } = atColon(all)
    if (behind.length === 0) return undefined
    return update(before, { set: 'description', description: freeText(behind, message) })
  }),
  rule(`(add|put|attach|write) [a|the] DESCRIPTION <text> (to|on|for) <tasks>`, ({ text = [], tasks = [] }) =>
    text.length === 1 && text[0]?.isQuoted
      ? update(tasks, { set: 'description', description: text[0].raw })
      : undefined,
  ),
]

/** The two sides of a colon, as in "add a note to task 2: eggs". It ends what names the task. */
function atColon(words: readonly Word[]): { readonly before: readonly Word[]; readonly behind: readonly Word[] } {
  const colon = words.findIndex(({ tail }) => tail.startsWith(':') || tail.startsWith(','))
  return colon < 0
    ? { before: words, behind: [] }
    : { before: words.slice(0, colon + 1), behind: words.slice(colon + 1) }
}

/** Commands that set when a task is due. */
export const scheduleRules: readonly Rule[] = [
  rule(
    `(clear|remove|delete|erase|drop|unset) [the] DUE (of|for|from|on) <tasks>
     (clear|remove|delete|erase|drop|unset) <tasks> DUE
     (unschedule|undate) <tasks>`,
    ({ tasks = [] }) => update(possessor(tasks), { set: 'schedule', schedule: null }),
  ),
  rule(
    `(change|set|update|edit|modify|make|move|push) [the|a] DUE OF <tasks> ${SCHEDULED} <when>
     (change|set|update|edit|modify|make|move|push) <tasks> [to be] DUE [to|for|on|by|:] <when>
     (add|give) [the|a] DUE (to|for) <tasks> (:|of) <when>
     give <tasks> [a|the] DUE of <when>
     (schedule|reschedule|postpone|move|push|delay|defer|shift|snooze|bump|change|plan) [back] <tasks> ${SCHEDULED} <when>
     (reschedule|postpone|schedule|push) <tasks> <when>`,
    ({ tasks = [], when = [] }, message) => scheduled(tasks, when, message),
  ),
  rule('[set] [the] (due date|due day|deadline) OF <all>', ({ all = [] }, message) => {
    const { before, behind } = atColon(all)
    return behind.length > 0 ? scheduled(before, behind, message) : undefined
  }),
  rule(
    `(repeat|recur) <tasks> <when>
     (make|set|let|have) <tasks> [to] (repeat|recur|recurring|repeating|happen) <when>`,
    ({ tasks = [], when = [] }, message) =>
      when[0]?.text.startsWith('every')
        ? update(tasks, { set: 'recurrence', rule: titleText(when, message) })
        : undefined,
  ),
  rule(
    `(stop|end) (repeating|the repetition of|the recurrence of|the series of) <tasks>
     (don't|do not) repeat <tasks> [any more|anymore]
     (clear|remove|delete) the (recurrence|repetition) (of|from) <tasks>`,
    ({ tasks = [] }) => update(tasks, { set: 'recurrence', rule: null }),
  ),
]

/** Whether the words are a day or a time. What they mean is read when it is known what day it is. */
function isSchedule(words: readonly Word[]): boolean {
  return (
    words.length <= 12 &&
    words.every(({ isQuoted, text }) => !isQuoted && (DAY.test(text) || BETWEEN.has(text))) &&
    words.some(({ text }) => DAY.test(text))
  )
}

const DAY =
  /^(?:today|tod|tomorrow|tom|noon|every!?|next|weeks?|days?|months?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d{4}-\d\d-\d\d|\d{1,2}(?::\d\d)?(?:am|pm)?|\d{1,2}:\d\d|\d{1,2}(?:st|nd|rd|th))$/
const BETWEEN = wordSet('at on of the in and by from until this am pm times last other weekday 2026 2027 2028')

const PRIORITIES = new Map<string, Priority | null>([
  ['high', 'high'],
  ['top', 'high'],
  ['urgent', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['normal', 'medium'],
  ['low', 'low'],
  ['no', null],
  ['none', null],
])

/** Commands that set priorities and tags. */
export const signRules: readonly Rule[] = [
  rule(
    `(set|change|make|update) [the] (priority|importance) OF <tasks> (to|as|:|=) <level> [priority]
     (set|change|make|mark|flag|give|update) <tasks> [to|as|a|to be|to have] <level> (priority|prio)
     (set|change|update) <tasks> (priority|prio) (to|as|:|=) <level>
     (mark|flag|make|set) <tasks> [as|to] <level>
     give [a] <level> (priority|prio) to <tasks>`,
    ({ tasks = [], level = [] }) => prioritized(tasks, level),
  ),
  rule(`(prioritize|prioritise) <tasks>`, ({ tasks = [] }) => update(tasks, { set: 'priority', priority: 'high' })),
  rule(`(remove|clear|delete|unset) [the] priority (of|from|for) <tasks>`, ({ tasks = [] }) =>
    update(tasks, { set: 'priority', priority: null }),
  ),
  rule(
    `(tag|label) <tasks> (as|with) <tags>
     (tag|label) <tasks> <tags>
     (add|put|attach) [the|a] (tag|tags|label|labels) <tags> (to|on) <tasks>`,
    ({ tasks = [], tags = [] }) => tagChange(tasks, tags, 'add'),
  ),
  rule(
    `(remove|delete|clear|drop|take) [the] (tag|tags|label|labels) <tags> (from|off|of) <tasks>
     untag <tags> from <tasks>`,
    ({ tasks = [], tags = [] }) => tagChange(tasks, tags, 'remove'),
  ),
]

/** No task has more tags than these words can name. */
const MAX_TAG_WORDS = 60

function tagChange(tasks: readonly Word[], words: readonly Word[], change: 'add' | 'remove'): Command | undefined {
  if (words.length > MAX_TAG_WORDS) return undefined
  const named = words.filter(({ text }) => text !== 'and' && text !== '&')
  const tags = named.map(({ raw }) => raw.replace(/^#/, ''))
  // More than one word without commas between them may be anything.
  if (tags.length === 0 || tags.some((tag) => tag === '') || (tags.length > 1 && !isListed(words))) return undefined
  return update(tasks, { set: 'tags', add: change === 'add' ? tags : [], remove: change === 'remove' ? tags : [] })
}

function isListed(words: readonly Word[]): boolean {
  return words.every(
    ({ text, tail, raw }, index) =>
      index === words.length - 1 ||
      tail.includes(',') ||
      [text, words[index + 1]?.text].some((word) => word === 'and' || word === '&') ||
      raw.startsWith('#'),
  )
}

/** Commands that change a task's title. Last, for any text may be a title. */
export const renameRules: readonly Rule[] = [
  rule(
    `(change|rename|update|edit|modify|set|make|replace|correct) [the] (title|name|text|wording) OF <tasks> (to be|to say|to read|to|into|as|with|->|=>|=|:) <title>
     (change|rename|update|edit|modify|set|replace|correct) <tasks> (title|name|text) ${ARROW} <title>
     (rename|retitle|reword|change|update|edit|modify|replace|correct|turn|set|make) <tasks> ${ARROW} <title>
     make <tasks> (say|read) <title>`,
    ({ tasks = [], title = [] }, message) => renamed(tasks, title, message),
  ),
  rule('(rename|retitle) <tasks> <title>', ({ tasks = [], title = [] }, message) =>
    title.length === 1 && title[0]?.isQuoted ? renamed(tasks, title, message) : undefined,
  ),
  // "call mom tonight" names no task.
  rule('(call|name) <tasks> <title>', ({ tasks = [], title = [] }, message) =>
    ['number', 'mention'].includes(targetOf(tasks).by) ? renamed(tasks, title, message) : undefined,
  ),
  rule(
    '(change|rename|update|edit|set|fix|correct) [the] (title|name|text|wording) OF <all>',
    ({ all = [] }, message) => {
      const { before, behind } = atColon(all)
      return behind.length > 0 ? renamed(before, behind, message) : undefined
    },
  ),
  rule('(rename|retitle|change|update|edit|modify) <all>', ({ all = [] }, message) => {
    const { before, behind } = atColon(all)
    return behind.length > 0 ? renamed(before, behind, message) : update(all, { set: 'nothing' })
  }),
]

function renamed(tasks: readonly Word[], words: readonly Word[], message: string): Command | undefined {
  const title = capital(titleText(words, message))
  const isNewTask = ['a', 'an', 'sure'].includes(tasks[0]?.text ?? '')
  return title === '' || isNewTask || isHedged(words) ? undefined : update(possessor(tasks), { set: 'title', title })
}

/** "task 2's" names task 2. */
function possessor(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1)
  if (last === undefined || last.isQuoted || !last.text.endsWith("'s")) return words
  return [...words.slice(0, -1), { ...last, text: last.text.slice(0, -2), raw: last.raw.slice(0, -2) }]
}

/** What somebody says of a task, rather than wants: "task 2 is due on friday". */
export const statementRules: readonly Rule[] = [
  rule(
    `<tasks> (is|are|should be|must be) due [on|by|:] <when>
     <tasks> due <when>`,
    ({ tasks = [], when = [] }, message) => scheduled(tasks, when, message),
  ),
  rule('<tasks> (is|are) [a] <level> [priority]', ({ tasks = [], level = [] }) => prioritized(tasks, level)),
  rule('<tasks> should (be called|be|say|read) <title>', ({ tasks = [], title = [] }, message) =>
    renamed(tasks, title, message),
  ),
]

function scheduled(tasks: readonly Word[], when: readonly Word[], message: string): Command | undefined {
  const isNewTask = ['a', 'an'].includes(tasks[0]?.text ?? '')
  return isSchedule(when) && !isNewTask
    ? update(possessor(tasks), { set: 'schedule', schedule: titleText(when, message) })
    : undefined
}

function prioritized(tasks: readonly Word[], level: readonly Word[]): Command | undefined {
  const priority = level.length === 1 ? PRIORITIES.get(level[0]?.text ?? '') : undefined
  return priority === undefined ? undefined : update(possessor(tasks), { set: 'priority', priority })
}
