import type { NextAction, TargetedCommand } from './action.ts'
import type { Status } from './command.ts'
import type { Conversation } from './conversation.ts'
import { outcomeText, quoted } from './replies.ts'
import { matchingTasks, mentionedLast, shownLast, significantWords, taskListIn, type KnownTask } from './tasks.ts'

/** The tasks that a command is about, or the action or question that determines them. */
export type Resolution = ResolvedTasks | Ambiguity | NextAction

interface ResolvedTasks {
  readonly ids: readonly number[]
  /** Whether there are more such tasks than were read. */
  readonly more: boolean
}

interface Ambiguity {
  readonly candidates: readonly KnownTask[]
}

/** The status of the tasks that a command can still change. */
const changeable: Readonly<Record<string, Status>> = { complete: 'pending', reopen: 'completed' }

export function resolveTarget(command: TargetedCommand, conversation: Conversation): Resolution {
  const { target } = command
  const { past } = conversation
  switch (target.by) {
    case 'number':
      return { ids: target.numbers, more: false }
    case 'mention': {
      const ids = mentionedLast(past)
      return ids.length === 1 || (target.all && ids.length > 0) ? { ids, more: false } : { candidates: [] }
    }
    case 'position': {
      const tasks = shownLast(past)
      const task = target.position === -1 ? tasks.at(-1) : tasks[target.position - 1]
      return task === undefined ? { candidates: tasks.slice(0, 10) } : { ids: [task.id], more: false }
    }
    case 'status':
      return withStatus(command, target.status, conversation)
    case 'name':
      return withName(command, target.name, conversation)
    case 'nothing':
      return { candidates: [] }
  }
}

function withStatus(command: TargetedCommand, named: Status, { calls }: Conversation): Resolution {
  const [call] = calls
  const status = named === 'all' ? (changeable[command.do] ?? named) : named
  if (call === undefined) return { use: [{ tool: 'list_tasks', args: { status } }] }
  const list = taskListIn(call)
  if (list === undefined) return { reply: outcomeText(calls) }
  if (list.tasks.length === 0) return { reply: `You have no ${status === 'all' ? '' : `${status} `}tasks.` }
  return { ids: list.tasks.map(({ id }) => id), more: list.more }
}

/** Searches for the name as it was given, then for its longest word alone. */
function withName(command: TargetedCommand, name: string, { calls }: Conversation): Resolution {
  if (calls.length === 0) return searchFor(name)
  const lists = calls.flatMap((call) => taskListIn(call) ?? [])
  if (lists.length === 0) return { reply: outcomeText(calls) }
  const tasks = lists.flatMap((list) => list.tasks)
  const matches = matchingTasks(tasks, name)
  if (matches.length > 0) return onlyMatch(command, matches)
  const longest = significantWords(name).toSorted((a, b) => b.length - a.length)[0]
  if (lists.length === 1 && longest !== undefined && longest !== name.toLowerCase()) return searchFor(longest)
  // Only the descriptions match: probably the right tasks, but not named by the user.
  if (tasks.length > 0 && lists.length === 1) return { candidates: tasks }
  return { reply: `I found no task that matches ${quoted(name)}.` }
}

function searchFor(search: string): NextAction {
  return { use: [{ tool: 'list_tasks', args: { search } }] }
}

function onlyMatch(command: TargetedCommand, matches: readonly KnownTask[]): Resolution {
  const status = changeable[command.do]
  const relevant = matches.filter(({ completed }) => status === undefined || completed === (status === 'completed'))
  const candidates = relevant.length === 0 ? matches : relevant
  const [only, ...others] = candidates
  return only === undefined || others.length > 0 ? { candidates } : { ids: [only.id], more: false }
}
