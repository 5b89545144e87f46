import type { NextAction, TargetedCommand } from '../action.ts'
import { whichTask } from '../clarify.ts'
import type { Conversation } from '../conversation.ts'
import { outcomeText } from '../replies.ts'
import { resolveTarget } from '../resolve.ts'

/** The maximum number of tasks that one message changes. */
const MAX_TASKS = 50

const tools = {
  complete: 'complete_task',
  reopen: 'reopen_task',
  delete: 'delete_task',
  update: 'update_task',
} as const

type ChangeCommand = TargetedCommand & { readonly do: keyof typeof tools }

/** Completes, reopens, deletes or updates the tasks that the command names, once they are known. */
export function changeTasks(command: ChangeCommand, conversation: Conversation): NextAction {
  if (command.target.by === 'nothing') return whichTask(command, [])
  if (command.do === 'update' && command.title === undefined && command.description === undefined) {
    return { reply: 'What should the new title be?', question: { asksFor: 'title', command } }
  }
  const resolution = resolveTarget(command, conversation)
  if ('use' in resolution || 'reply' in resolution) return resolution
  if ('candidates' in resolution) return whichTask(command, resolution.candidates)
  const { ids, more } = resolution
  const tool = tools[command.do]
  const calls = conversation.calls.filter((call) => call.tool === tool)
  if (calls.length > 0) {
    const rest = more ? ` There are more than ${MAX_TASKS}: repeat the command for the rest.` : ''
    return { reply: outcomeText(calls) + rest }
  }
  if (command.do === 'update' && ids.length > 1) return whichTask(command, [])
  return { use: ids.slice(0, MAX_TASKS).map((task_id) => ({ tool, args: { task_id, ...fieldsOf(command) } })) }
}

function fieldsOf(command: ChangeCommand): Record<string, unknown> {
  if (command.do !== 'update') return {}
  const { title, description } = command
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) }
}
