import type { Command, Priority } from '../command.ts'
import type { Word } from '../language/words.ts'
import { rule, type Rule } from './rule.ts'
import { possessor, update } from './update.ts'

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

export function prioritized(tasks: readonly Word[], level: readonly Word[]): Command | undefined {
  const priority = level.length === 1 ? PRIORITIES.get(level[0]?.text ?? '') : undefined
  return priority === undefined ? undefined : update(possessor(tasks), { set: 'priority', priority })
}

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
