import type { Command } from '../command.ts'
import type { Word } from '../language/words.ts'
import { isHedged } from './hedge.ts'
import { rule, type Rule } from './rule.ts'
import { targetOf } from './target.ts'
import { capital, titleText } from './title.ts'
import { ARROW, atColon, possessor, update } from './update.ts'

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

export function renamed(tasks: readonly Word[], words: readonly Word[], message: string): Command | undefined {
  const title = capital(titleText(words, message))
  const isNewTask = ['a', 'an', 'sure'].includes(tasks[0]?.text ?? '')
  return title === '' || isNewTask || isHedged(words) ? undefined : update(possessor(tasks), { set: 'title', title })
}
