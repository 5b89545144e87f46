import { PENDING_CONFIRMATION, isPendingConfirmation } from '@taskwire/api/consent'
import { z } from 'zod'
import type { Status, UnsupportedRequest } from './command.ts'
import type { CompletedCall } from './conversation.ts'
import type { KnownTask, TaskList } from './tasks.ts'

export const helpText = `I am Taskwire's built-in offline assistant. I am not a language model: I understand plain English commands about your tasks, and nothing else. I can:
- add: "Add a task to buy milk", "I need to remember to pay bills"
- list and find: "Show me all my tasks", "What's pending?", "What have I completed?", "Find tasks about rent"
- complete and reopen: "Mark task 3 as complete", "I finished the report", "Reopen task 3"
- change: "Change task 1 to 'Call mom tonight'", "Set the description of task 1 to ..."
- delete: "Delete the meeting task", "Delete all completed tasks"
- undo: "Undo that"`

export const notUnderstood = `I did not understand that. ${helpText}`

export const unsupported: Readonly<Record<UnsupportedRequest, string>> = {
  others: 'I can only see and change your own tasks.',
  dates: 'I cannot set dates or send reminders. You can set the dates of a task in its editor.',
  priorities:
    'I can only change the title, the description and whether a task is completed. You can set other fields in its editor.',
  sharing: 'I cannot do that: I can only add, list, change and delete your own tasks. I cannot send anything.',
  trash: 'I cannot show deleted tasks. I can undo what I did in this conversation: say "undo".',
}

/** A title in quotation marks, always on one line. */
export function quoted(title: string): string {
  return `“${oneLine(title)}”`
}

function oneLine(title: string): string {
  return title.replace(/\s+/g, ' ')
}

export interface ListTextOptions {
  readonly status: Status
  /** The text that was searched for. */
  readonly mentioning?: string
}

export function listText({ tasks, more }: TaskList, { status, mentioning }: ListTextOptions): string {
  const kind = status === 'all' ? '' : `${status} `
  if (tasks.length === 0) return status === 'all' ? 'Your list is empty.' : `You have no ${kind}tasks.`
  const one = tasks.length === 1
  const condition = mentioning === undefined ? '' : ` that mention${one ? 's' : ''} ${quoted(mentioning)}`
  const heading = more
    ? `These are the newest ${tasks.length} of your ${kind}tasks${condition}; there are more:`
    : `You have ${one ? 'one' : tasks.length} ${kind}task${one ? '' : 's'}${condition}:`
  return [heading, ...tasks.map((task) => listLine(task, status === 'all'))].join('\n')
}

export function listLine({ id, title, completed }: KnownTask, withStatus: boolean): string {
  return `#${id} ${oneLine(title)}${withStatus && completed ? ' (completed)' : ''}`
}

export function detailText({ id, title, description, completed }: KnownTask): string {
  const status = completed ? 'completed' : 'pending'
  return `Task ${id} ${quoted(title)} is ${status}.${description === null ? '' : ` Description: ${quoted(description)}`}`
}

const verbs: Readonly<Record<string, string>> = {
  created: 'Added',
  completed: 'Completed',
  reopened: 'Reopened',
  updated: 'Changed',
  deleted: 'Deleted',
  undone: 'Undid the last change to',
}

const writeResult = z.object({ task_id: z.int(), status: z.string(), title: z.string() })

/** The outcome of calls: first the completed ones, then those that wait for confirmation, then the failed ones. */
export function outcomeText(calls: readonly CompletedCall[]): string {
  const pending = calls.filter(isPendingConfirmation).length
  const sentences = [
    ...successText(calls),
    ...(pending > 0 ? [pendingText(pending)] : []),
    ...new Set(calls.flatMap((call) => failureText(call) ?? [])),
  ]
  return sentences.length === 0 ? 'Done.' : sentences.join(' ')
}

function successText(calls: readonly CompletedCall[]): string[] {
  const written = calls.flatMap(({ result }) => {
    const { data } = writeResult.safeParse(result)
    return data === undefined || data.status === PENDING_CONFIRMATION ? [] : [data]
  })
  const [first] = written
  if (first === undefined) return []
  const verb = verbs[first.status] ?? 'Done:'
  const tasks = written.map(({ task_id, title }) => `task ${task_id} ${quoted(title)}`)
  return [tasks.length === 1 ? `${verb} ${tasks.join()}.` : `${verb} ${tasks.length} tasks: ${tasks.join(', ')}.`]
}

function pendingText(count: number): string {
  return count === 1
    ? 'I need your confirmation for that first.'
    : `That would be ${count} at once, so I have not done it yet.`
}

function failureText({ tool, args, result }: CompletedCall): string | undefined {
  switch (result['code']) {
    case undefined:
      return undefined
    case 'task_not_found':
      return `There is no task ${JSON.stringify(args['task_id'])} on your list.`
    case 'change_not_found':
      return nothingToUndo
    case 'undo_conflict':
      return 'That task has been changed since then, so I cannot undo the change.'
    case 'validation_failed':
      return tool === 'undo' ? nothingToUndo : `That is not possible: ${brokenRules(result)}`
    case 'database_unavailable':
    case 'overloaded':
      return 'I cannot reach your tasks right now. Please try again.'
    default:
      return 'That did not work.'
  }
}

const nothingToUndo = 'There is nothing left to undo in this conversation.'

const fieldErrors = z.object({ fields: z.array(z.object({ loc: z.array(z.unknown()), msg: z.string() })) })

function brokenRules(result: CompletedCall['result']): string {
  const { fields } = fieldErrors.catch({ fields: [] }).parse(result)
  const rules = fields.map(({ loc, msg }) => `${String(loc.at(-1))}: ${msg}`)
  return rules.length === 0 ? 'please check the title and the description.' : `${rules.join('; ')}.`
}
