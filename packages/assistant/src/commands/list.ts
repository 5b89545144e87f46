import type { NextAction } from '../action.ts'
import type { Command } from '../command.ts'
import type { Conversation } from '../conversation.ts'
import { listText, outcomeText, quoted } from '../replies.ts'
import { taskListIn } from '../tasks.ts'

type ListCommand = Extract<Command, { readonly do: 'list' }>
type CountCommand = Extract<Command, { readonly do: 'count' }>

export function listTasks({ status, search, dated }: ListCommand, { calls }: Conversation): NextAction {
  const [call] = calls
  if (call === undefined) {
    return { use: [{ tool: 'list_tasks', args: { status, ...(search !== undefined && { search }) } }] }
  }
  const list = taskListIn(call)
  if (list === undefined) return { reply: outcomeText(calls) }
  if (search === undefined) {
    const note = dated ? '\nI cannot filter by date, so this is the whole list.' : ''
    return { reply: listText(list, { status }) + note }
  }
  if (list.tasks.length === 0) return { reply: `No task mentions ${quoted(search)}.` }
  return { reply: listText(list, { status: 'all', mentioning: search }) }
}

/** The maximum number of tasks that one call of list_tasks returns. */
const MAX_COUNTED = 200

export function countTasks({ status }: CountCommand, { calls }: Conversation): NextAction {
  const [call] = calls
  if (call === undefined) return { use: [{ tool: 'list_tasks', args: { status, limit: MAX_COUNTED } }] }
  const list = taskListIn(call)
  if (list === undefined) return { reply: outcomeText(calls) }
  const { length } = list.tasks
  const number = list.more ? `more than ${length}` : length === 0 ? 'no' : `${length}`
  return { reply: `You have ${number} ${status === 'all' ? '' : `${status} `}task${length === 1 ? '' : 's'}.` }
}
