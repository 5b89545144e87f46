import type { NextAction, TargetedCommand } from '../action.ts'
import { whichTask } from '../clarify.ts'
import type { Conversation } from '../conversation.ts'
import { detailText, outcomeText } from '../replies.ts'
import { resolveTarget } from '../resolve.ts'
import { taskListIn } from '../tasks.ts'

/** No tool reads a single task, so it is looked up among the newest. */
const MAX_SEARCHED = 200

export function showTasks(command: TargetedCommand, conversation: Conversation): NextAction {
  if (command.target.by === 'nothing') return whichTask(command, [])
  const resolution = resolveTarget(command, conversation)
  if ('use' in resolution || 'reply' in resolution) return resolution
  if ('candidates' in resolution) return whichTask(command, resolution.candidates)
  const { calls } = conversation
  if (calls.length === 0) return { use: [{ tool: 'list_tasks', args: { status: 'all', limit: MAX_SEARCHED } }] }
  const list = calls.map(taskListIn).find((each) => each !== undefined)
  if (list === undefined) return { reply: outcomeText(calls) }
  const tasks = list.tasks.filter(({ id }) => resolution.ids.includes(id))
  if (tasks.length > 0) return { reply: tasks.map(detailText).join('\n') }
  return {
    reply: list.more
      ? `That task is not among the newest ${MAX_SEARCHED}.`
      : `There is no task ${resolution.ids.join(', ')} on your list.`,
  }
}
