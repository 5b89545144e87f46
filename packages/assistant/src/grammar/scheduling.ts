import type { Command } from '../command.ts'
import type { Word } from '../language/words.ts'
import { rule, type Rule } from './rule.ts'
import { titleText } from './title.ts'
import { atColon, possessor, update } from './update.ts'
import { wordSet } from './vocabulary.ts'

const SCHEDULED = '(to|for|on|until|till|as|by|:|=)'

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

export function scheduled(tasks: readonly Word[], when: readonly Word[], message: string): Command | undefined {
  const isNewTask = ['a', 'an'].includes(tasks[0]?.text ?? '')
  return isSchedule(when) && !isNewTask
    ? update(possessor(tasks), { set: 'schedule', schedule: titleText(when, message) })
    : undefined
}

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
