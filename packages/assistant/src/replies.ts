import { isPendingConfirmation } from '@taskwire/api/consent'
import { z } from 'zod'
import type { Filter } from './command.ts'
import type { CompletedCall } from './conversation.ts'
import { changesIn, type Written } from './changes.ts'
import type { Understood } from './language/understanding.ts'
import type { Outcome, ToolUse } from './steps.ts'
import { fieldsText } from './task_text.ts'
import type { KnownTask, TaskList } from './tasks.ts'

const helpText = `I am Taskwire's built-in offline assistant. I am not a language model: I understand plain English commands about your tasks, and nothing else. I can:
- add: "Add a task to buy milk", "Add pay rent on the 1st every month !high #home", "I need to remember to pay bills"
- list and find: "Show me all my tasks", "What's pending?", "What's due today?", "Find tasks about rent"
- complete and reopen: "Mark task 3 as complete" (the third of the list above), "I finished the report", "Reopen task 3"
- change: "Change task 1 to 'Call mom tonight'", "Move the report to Friday", "Make task 2 high priority", "Tag task 1 as home"
- delete: "Delete the meeting task", "Delete all completed tasks"
- undo: "Undo that"
I do only what I have understood word for word; else I ask.`

/** What is said to what names no task. */
export const talk = {
  help: helpText,
  greet: `Hello! ${helpText}`,
  thanks: 'You are welcome.',
  bye: 'Goodbye!',
  yes: 'There is nothing waiting for your confirmation. What would you like me to do?',
  no: 'All right.',
  left: 'All right, I will leave everything as it is.',
  trash: 'I cannot show deleted tasks. I can undo what I did in this conversation: say "undo".',
  oneByOne: 'I have to ask about a part of that first, so I have changed nothing. Please tell me one thing at a time.',
} as const

/** A title in quotation marks, always on one line. */
export function quoted(title: string): string {
  return `“${oneLine(title)}”`
}

function oneLine(title: string): string {
  return title.replace(/\s+/g, ' ')
}

/** Asks which task a command is about. */
export function whichTask(understood: Understood, all: readonly KnownTask[]): Outcome {
  const candidates = all.slice(0, 10)
  const question = { asks: 'task', understood, candidates } as const
  if (candidates.length === 0)
    return { reply: 'Which task do you mean? Tell me its title, or its number in the list.', question }
  const more = all.length > candidates.length ? '\n(There are more: tell me more of the title.)' : ''
  return { reply: `Which one do you mean?\n${numbered(candidates, true)}${more}`, question, shown: candidates }
}

/** Asks whether to do what the message seems to say. */
export function consentQuestion(sentences: readonly string[], uses: readonly ToolUse[]): Outcome {
  return { reply: `Shall I ${sentences.join(', and ')}? Answer "yes" or "no".`, question: { asks: 'consent', uses } }
}

export function listText({ tasks, more }: TaskList, filter: Filter): string {
  const { status, search } = filter
  const condition = `${filterText(filter)}${search === undefined ? '' : ` that mention${tasks.length === 1 ? 's' : ''} ${quoted(search)}`}`
  const kind = status === 'all' ? '' : `${status} `
  if (tasks.length === 0) {
    if (search !== undefined) return `No task mentions ${quoted(search)}.`
    return status === 'all' && condition === '' ? 'Your list is empty.' : `You have no ${kind}tasks${condition}.`
  }
  const one = tasks.length === 1
  const heading = more
    ? `These are the newest ${tasks.length} of your ${kind}tasks${condition}; there are more:`
    : `You have ${one ? 'one' : tasks.length} ${kind}task${one ? '' : 's'}${condition}:`
  return `${heading}\n${numbered(tasks, status === 'all')}`
}

function filterText({ due, day, priority, tag }: Filter): string {
  const dueText = {
    overdue: ' that are overdue',
    today: ' due today',
    upcoming: ' due in the next 7 days',
    none: ' without a date',
    any: ' with a date',
  }
  return [
    due === undefined ? '' : dueText[due],
    day === undefined
      ? ''
      : day === 'tomorrow' || day === 'next week'
        ? ` due ${day}`
        : ` due on ${day.charAt(0).toUpperCase()}${day.slice(1)}`,
    priority === undefined ? '' : priority === 'none' ? ' without priority' : ` of ${priority} priority`,
    tag === undefined ? '' : ` tagged #${tag}`,
  ].join('')
}

function numbered(tasks: readonly KnownTask[], withStatus: boolean): string {
  return tasks
    .map(
      (task, index) =>
        `${index + 1}. ${oneLine(task.title)}${fieldsText(task)}${withStatus && task.completed ? ' (completed)' : ''}`,
    )
    .join('\n')
}

export function countText({ tasks, more }: TaskList, filter: Filter): string {
  const { length } = tasks
  const number = more ? `more than ${length}` : length === 0 ? 'no' : `${length}`
  return `You have ${number} ${filter.status === 'all' ? '' : `${filter.status} `}task${length === 1 ? '' : 's'}${filterText(filter)}.`
}

export function detailText(task: KnownTask): string {
  const { title, description, completed } = task
  const notes = description ? ` Description: ${quoted(description)}` : ''
  return `${quoted(title)} is ${completed ? 'completed' : 'pending'}${fieldsText(task)}.${notes}`
}

const verbs: Readonly<Record<string, string>> = {
  created: 'Added',
  completed: 'Completed',
  reopened: 'Reopened',
  updated: 'Changed',
  deleted: 'Deleted',
  undone: 'Undid the last change to',
}

/** The outcome of calls: first the completed ones, then those that wait for confirmation, then the failed ones. */
export function outcomeText(calls: readonly CompletedCall[]): string {
  const pending = calls.filter(isPendingConfirmation).length
  const sentences = [
    ...successTexts(calls),
    ...(pending > 0 ? [pendingText(pending)] : []),
    ...new Set(calls.flatMap((call) => failureOf(call) ?? [])),
  ]
  return sentences.length === 0 ? 'Done.' : sentences.join(' ')
}

function successTexts(calls: readonly CompletedCall[]): string[] {
  const done = calls.flatMap((call) =>
    changesIn([call]).map(({ status, title }) => ({ status, name: `${quoted(title)}${changedText(call)}` })),
  )
  return [...Map.groupBy(done, ({ status }) => status)].map(([status, all]) => {
    const names = all.map(({ name }) => name)
    const verb = verbs[status] ?? 'Done:'
    return names.length === 1 ? `${verb} ${names.join()}.` : `${verb} ${names.length} tasks: ${names.join(', ')}.`
  })
}

/** What a call set beside the title, from the arguments that it was made with. */
function changedText({ tool, args }: CompletedCall): string {
  if (tool !== 'add_task' && tool !== 'update_task') return ''
  const cleared = [
    ...(args['due_date'] === null ? [', no due date'] : []),
    ...(args['priority'] === null ? [', no priority'] : []),
    ...(args['recurrence'] === null ? [', no repetition'] : []),
  ]
  return fieldsText(args) + cleared.join('')
}

function pendingText(count: number): string {
  return count === 1
    ? 'I need your confirmation for that first.'
    : `That would be ${count} at once, so I have not done it yet.`
}

/** The reply to a read that failed. */
export function failureText(calls: readonly CompletedCall[]): string {
  return outcomeText(calls)
}

export const nothingToUndo = 'There is nothing left to undo in this conversation.'

const undone: Readonly<Record<string, string>> = {
  created: 'remove',
  completed: 'reopen',
  reopened: 'complete',
  updated: 'change back',
  deleted: 'bring back',
}

/** What undoing these changes does. */
export function undoText(changes: readonly Written[]): string {
  return changes.map(({ status, title }) => `${undone[status] ?? 'undo'} ${quoted(title)}`).join(', ')
}

function failureOf({ tool, args, result }: CompletedCall): string | undefined {
  switch (result['code']) {
    case undefined:
      return undefined
    case 'task_not_found':
      return `There is no task ${JSON.stringify(args['task_id'])} on your list.`
    case 'change_not_found':
      return nothingToUndo
    case 'undo_conflict':
      return 'That task has been changed since then, so I cannot undo the change.'
    case 'version_mismatch':
      return 'That task has been changed just now. Please try again.'
    case 'validation_failed':
      return tool === 'undo' ? nothingToUndo : `That is not possible: ${brokenRules(result)}`
    case 'database_unavailable':
    case 'overloaded':
      return 'I cannot reach your tasks right now. Please try again.'
    default:
      return 'That did not work.'
  }
}

const fieldErrors = z.object({ fields: z.array(z.object({ loc: z.array(z.unknown()), msg: z.string() })) })

function brokenRules(result: CompletedCall['result']): string {
  const { fields } = fieldErrors.catch({ fields: [] }).parse(result)
  const rules = fields.map(({ loc, msg }) => `${String(loc.at(-1))}: ${msg}`)
  return rules.length === 0 ? 'please check the title and the description.' : `${rules.join('; ')}.`
}
