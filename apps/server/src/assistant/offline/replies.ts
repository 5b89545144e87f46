import { PENDING_CONFIRMATION } from '@taskwire/api'
import { z } from 'zod'
import type { Refused, Status } from './command.ts'
import type { Done } from './conversation.ts'
import type { KnownTask } from './tasks.ts'

export const helpText = `I am Taskwire's built-in offline assistant. I am no language model: I understand plain commands about your tasks, in English, and nothing else. I can:
- add: "Add a task to buy milk", "I need to remember to pay bills"
- list and find: "Show me all my tasks", "What's pending?", "What have I completed?", "Find tasks about rent"
- complete and reopen: "Mark task 3 as complete", "I finished the report", "Reopen task 3"
- change: "Change task 1 to 'Call mom tonight'", "Set the description of task 1 to ..."
- delete: "Delete the meeting task", "Delete all completed tasks"
- take back: "Undo that"`

export const notUnderstood = `I did not understand that. ${helpText}`

export const refusals: Readonly<Record<Refused, string>> = {
  others: 'I can only see and change your own tasks.',
  dates:
    'I cannot do that: tasks here have no dates, and I cannot remind you at a time. You can put the date into the title or the description.',
  priorities:
    'I cannot do that: tasks here have a title, a description and whether they are completed, and nothing else.',
  sharing: 'I cannot do that: I can only add, list, change and delete your own tasks, and send nothing to anybody.',
  trash: 'I cannot show deleted tasks. I can take back what I did in this conversation: say "undo".',
}

/** A title as it is quoted: in one line, whatever it isStillValid. */
export function quoted(title: string): string {
  return `“${title.replace(/\s+/g, ' ')}”`
}

export function listText(tasks: readonly KnownTask[], status: Status, more: boolean): string {
  const kind = status === 'all' ? '' : `${status} `
  if (tasks.length === 0) return status === 'all' ? 'Your list is empty.' : `You have no ${kind}tasks.`
  const head = more
    ? `These are the newest ${tasks.length} of your ${kind}tasks; there are more:`
    : `You have ${tasks.length === 1 ? 'one' : tasks.length} ${kind}task${tasks.length === 1 ? '' : 's'}:`
  return `${head}\n${lines(tasks, status === 'all')}`
}

export function lines(tasks: readonly KnownTask[], withStatus = true): string {
  return tasks
    .map(
      ({ id, title, completed }) =>
        `#${id} ${title.replace(/\s+/g, ' ')}${withStatus && completed ? ' (completed)' : ''}`,
    )
    .join('\n')
}

const verbs: Readonly<Record<string, string>> = {
  created: 'Added',
  completed: 'Completed',
  reopened: 'Reopened',
  updated: 'Changed',
  deleted: 'Deleted',
  undone: 'Took back the last change of',
}

const written = z.object({ task_id: z.int(), status: z.string(), title: z.string() })

/** What became of some calls, in words: first what was done, then what was not. */
export function outcomeText(calls: readonly Done[]): string {
  const done = calls.flatMap(({ result }) => {
    const { data } = written.safeParse(result)
    return data === undefined || data.status === PENDING_CONFIRMATION ? [] : [data]
  })
  const [first] = done
  const said: string[] = []
  if (first !== undefined) {
    const verb = verbs[first.status] ?? 'Done:'
    const tasks = done.map(({ task_id, title }) => `task ${task_id} ${quoted(title)}`)
    said.push(tasks.length === 1 ? `${verb} ${tasks.join()}.` : `${verb} ${tasks.length} tasks: ${tasks.join(', ')}.`)
  }
  const held = calls.filter(({ result }) => result['status'] === PENDING_CONFIRMATION).length
  if (held > 0)
    said.push(held === 1 ? 'That needs your word first.' : `That would be ${held} at once, so I have not done it yet.`)
  said.push(...new Set(calls.flatMap((call) => failureText(call) ?? [])))
  return said.join(' ')
}

function failureText({ tool, args, result }: Done): string | undefined {
  const code = result['code']
  if (typeof code !== 'string') return undefined
  if (code === 'task_not_found') return `There is no task ${JSON.stringify(args['task_id'])} in your list.`
  if (code === 'change_not_found' || (tool === 'undo' && code === 'validation_failed')) {
    return 'There is nothing left to undo in this conversation.'
  }
  if (code === 'undo_conflict') return 'That task was changed since, so I cannot take the change back.'
  if (code === 'validation_failed') return `That is not possible: ${brokenRules(result)}`
  if (code === 'database_unavailable' || code === 'overloaded')
    return 'The tasks cannot be reached right now. Please try again.'
  return 'That did not work.'
}

const broken = z.object({ fields: z.array(z.object({ loc: z.array(z.unknown()), msg: z.string() })) })

function brokenRules(result: Done['result']): string {
  const { fields } = broken.catch({ fields: [] }).parse(result)
  const rules = fields.map(({ loc, msg }) => `${String(loc.at(-1))}: ${msg}`)
  return rules.length === 0 ? 'a title has 1 to 200 characters, a description at most 1000.' : `${rules.join('; ')}.`
}
