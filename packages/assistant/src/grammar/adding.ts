import type { AddCommand, Command, NewTask } from '../command.ts'
import type { Word } from '../language/words.ts'
import { rule, type Rule } from './rule.ts'
import { newTask, newTasks } from './title.ts'
import { isHedged } from './hedge.ts'
import { isConversation, isDuty } from './duty.ts'

const VERB = '(add|create|insert|jot down|write down|note down|record|register|put down|new)'
const LEAD = '[called|named|titled|saying|that says|which says|with the title|with title|:|-]'
const TO = '[to|for|about|that i need to|that i have to|that i must|i need to|i have to]'
const ARTICLE = '[a|an|another|one|one more|the|this|my|me a|a new|new|the following|another new|one new]'
const MANY =
  '[the|these|some|my|two|three|four|five|six|2|3|4|5|6|a few|the following|following|these new|new|the following new|me these]'

/** Commands that add tasks. */
export const addRules: readonly Rule[] = [
  rule(
    `${VERB} ${MANY} (tasks|todos|to-dos|items|reminders|things) [to my list|to the list] [called|to|:|-] <titles>
     (add|put) (the following|these|this) [to my list|to my tasks|to the list] <titles>
     (tasks:|todos:|to-dos:|todo list:) <titles>`,
    ({ titles = [] }, message) => severalTasks(newTasks(titles, message)),
  ),
  rule(
    `remind me (to|about|of|that i need to|that i have to|i need to|i have to) <title>
     (reminder|reminder:) (to|about) <title>
     (set|create|add|make) (a reminder|reminder|me a reminder) (to|for|about) <title>`,
    ({ title = [] }, message) => oneTask(title, message, { reminds: true }),
  ),
  rule(`remind me <when> (to|about) <title>`, ({ when = [], title = [] }, message) => {
    const task = newTask(title, message)
    return task === undefined ? undefined : added([{ ...task, more: moreOf(task, when) }], { reminds: true })
  }),
  rule(
    `[i|i really|i also|we|also] (need|have|want|ought|must|got|should|gotta|needa) [to] remember (to|that i need to|that i have to|about) <title>
     i (must not|mustn't|should not|shouldn't|can't|cannot) forget (to|about) <title>
     (don't|do not|never|i don't want to) [let me] forget (to|about|that i need to|that i have to) <title>
     remember (to|that i need to|that i have to|i need to|i have to) <title>
     make sure (i don't forget to|i remember to|that i remember to|i do not forget to) <title>
     [make|take|write|leave] [a] (note to self:|note:|note that i need to|note that i have to|note to self to|note to) <title>
     (jot down|note down|write down|record) (that i need to|that i have to|that i must) <title>
     (task:|todo:|to-do:|new:|reminder:|add:|note to self:) [to] <title>
     (task|todo|to-do|reminder|new) (-|=) [to] <title>`,
    ({ title = [] }, message) => oneTask(title, message),
  ),
  rule(
    `${VERB} ${ARTICLE} [new] NOUN [to my list|on my list|in my list|to my todo list|to the list] ${LEAD} ${TO} <title>
     (put|make|set up|start|give me|i have|i want|i need|i'd like|enter|log|save|open) (a|an|another|one|a new|one more) [new] (task|todo|to-do|to do) ${LEAD} ${TO} <title>
     ${VERB} [to|on] (my list:|the list:|my todo list:|my to-do list:|my tasks:) <title>`,
    ({ title = [] }, message) => oneTask(title, message),
  ),
  rule('schedule (a|an) <title>', ({ title = [] }, message) => oneTask(title, message)),
  rule(
    `${VERB} ${ARTICLE} [new] NOUN [please|to my list|on my list]
     (add|create) [something|something to my list|one|it to my list]
     (make|start|i want|i need|i'd like) (a|another|one more) [new] (task|todo|to-do)`,
    () => added([], {}),
  ),
  rule(
    `(add|put|include|write|place|stick|throw|save|get|note) <title> (to|on|onto|in|into|down on) MY LIST
     ${VERB} [:|me] <title>`,
    ({ title = [] }, message) => oneTask(title, message),
  ),
]

/** What somebody has to do, which is a task if it sounds like one. */
export const dutyRules: readonly Rule[] = [
  rule(
    `[and] (i|we|i really|i also|i still|i'll|i've|i will) (need to|have to|must|should|got to|gotta|ought to|am supposed to|need to really|want to) <title>
     (need to|have to|gotta|must) <title>
     (remember|remind me|make sure i|make sure to|note) <title>`,
    ({ title = [] }, message) =>
      isConversation(title) ? undefined : oneTask(title, message, { isVague: !isDuty(title) }),
  ),
]

function added(tasks: readonly NewTask[], { reminds = false, isVague = false }): AddCommand {
  return { do: 'add', tasks, reminds, isVague }
}

function severalTasks(tasks: readonly NewTask[]): Command | undefined {
  return tasks.length === 0 ? undefined : added(tasks, {})
}

interface AddOptions {
  readonly reminds?: boolean
  readonly isVague?: boolean
}

/** One task or, where every part is in quotation marks, several: `"milk" and "bread"`. */
function oneTask(words: readonly Word[], message: string, options: AddOptions = {}): Command | undefined {
  const named = words.filter(({ text, isQuoted }) => isQuoted || (text !== 'and' && text !== '&'))
  if (named.length > 1 && named.every(({ isQuoted }) => isQuoted)) return added(newTasks(words, message), options)
  if (words.some(({ startsLine }, index) => startsLine && index > 0)) return severalTasks(newTasks(words, message))
  const task = newTask(words, message)
  if (task === undefined) return undefined
  return added([task], { ...options, isVague: (options.isVague ?? false) || isHedged(words) })
}

function moreOf(task: NewTask, when: readonly Word[]): string {
  return [task.more ?? '', ...when.map(({ raw }) => raw)].join(' ').trim()
}
