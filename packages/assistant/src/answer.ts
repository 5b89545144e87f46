import type { Target } from './command.ts'
import { targetOf } from './grammar/target.ts'
import { capital, freeText, newTask } from './grammar/title.ts'
import { withoutCourtesy } from './language/courtesy.ts'
import type { Understanding, Understood } from './language/understanding.ts'
import { splitWords, straightened, type Word } from './language/words.ts'
import { matchingTasks } from './matching.ts'
import { fixedReplies } from './replies/fixed_replies.ts'
import type { Outcome, ClarifyingQuestion, ToolUse } from './steps.ts'
import type { KnownTask } from './tasks.ts'

/** What a message that answers a question completes; undefined if it is a new command, which drops the question. */
export type CompletedQuestion =
  | { readonly commands: readonly Understood[] }
  | { readonly uses: readonly ToolUse[] }
  | Outcome

export function answerTo(
  question: ClarifyingQuestion,
  message: string,
  understanding: Understanding,
): CompletedQuestion | undefined {
  const only = onlyCommand(understanding)?.command.do
  if (only === 'no') return { reply: fixedReplies.left }
  switch (question.asks) {
    case 'consent':
      return only === 'yes' ? { uses: question.uses } : undefined
    case 'title':
      return isOtherCommand(understanding) ? undefined : withTitle(question.understood, message)
    case 'task':
      return withTask(question, message, understanding)
  }
}

function onlyCommand(understanding: Understanding): Understood | undefined {
  return 'commands' in understanding && understanding.commands.length === 1 ? understanding.commands[0] : undefined
}

/** Whether a message in place of a title is a command for certain; "finish the report" is a title. */
function isOtherCommand(understanding: Understanding): boolean {
  if ('unclear' in understanding) return false
  return understanding.commands.some(({ command }) => {
    if (!('target' in command)) return command.do !== 'add' || command.tasks.length > 0
    return command.target.by !== 'name' || command.target.isQuoted
  })
}

function withTitle(asked: Understood, message: string): CompletedQuestion | undefined {
  const text = straightened(message)
  const { words } = withoutCourtesy(splitWords(text))
  const { command } = asked
  const task = newTask(words, text)
  if (task === undefined) return undefined
  if (command.do === 'add') return { commands: [{ ...asked, command: { ...command, tasks: [task], isVague: false } }] }
  if (command.do !== 'update') return undefined
  return {
    commands: [{ ...asked, command: { ...command, change: { set: 'title', title: capital(freeText(words, text)) } } }],
  }
}

const LEAD_INS = new Set([
  'i mean',
  'i meant',
  'i want',
  'the one',
  'it is',
  "it's",
  'that is',
  "that's",
  'no',
  'yes',
  'with',
  'called',
  'about',
  'named',
  'for',
])

/** The candidates that a message names: by number, position or title. */
function withTask(
  { understood, candidates }: Extract<ClarifyingQuestion, { asks: 'task' }>,
  message: string,
  understanding: Understanding,
): CompletedQuestion | undefined {
  const { command } = understood
  if (!('target' in command)) return undefined
  const target = targetOf(withoutLeadIn(withoutCourtesy(splitWords(straightened(message))).words))
  const chosen = chosenFrom(target, candidates)
  if (chosen !== undefined) return { commands: [{ ...understood, command: { ...command, target: chosen } }] }
  if ('commands' in understanding) return undefined
  return target.by === 'nothing' ? undefined : { commands: [{ ...understood, command: { ...command, target } }] }
}

function withoutLeadIn(words: readonly Word[]): readonly Word[] {
  const lead = [2, 1].find(
    (length) =>
      words.length > length &&
      LEAD_INS.has(
        words
          .slice(0, length)
          .map(({ text }) => text)
          .join(' '),
      ),
  )
  return lead === undefined ? words : withoutLeadIn(words.slice(lead))
}

function chosen(tasks: readonly (KnownTask | undefined)[]): Target | undefined {
  const ids = tasks.flatMap((task) => task?.id ?? [])
  return ids.length === tasks.length && ids.length > 0 ? { by: 'id', ids } : undefined
}

function chosenFrom(target: Target, candidates: readonly KnownTask[]): Target | undefined {
  switch (target.by) {
    case 'number':
      return (
        chosen(target.numbers.map((number) => candidates[number - 1])) ??
        (candidates.length === 0 ? target : { by: 'id', ids: target.numbers })
      )
    case 'position':
      return chosen(target.positions.map((position) => candidates.at(position < 0 ? position : position - 1)))
    case 'mention':
      return target.all ? chosen(candidates) : undefined
    case 'filter':
      return target.filter.status === 'all' ? chosen(candidates) : undefined
    case 'name': {
      const { tasks, isGuessed } = matchingTasks(candidates, target.name)
      return tasks.length === 1 && !isGuessed ? chosen(tasks) : undefined
    }
    default:
      return undefined
  }
}
