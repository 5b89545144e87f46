import { z } from 'zod'
import type { ApiError } from '../errors/api_error.ts'
import { effectOf } from '../tools/effect.ts'
import { isPendingConfirmation } from './consent.ts'
import type { ToolCall } from './schema.ts'

// The text that the chat adds to an assistant's reply. No model can change it.

/** Lists the calls that wait for the user's confirmation; empty if there are none. */
export function pendingConfirmationText(calls: readonly ToolCall[]): string {
  const pending = calls.filter(isPendingConfirmation).map(pendingCallText)
  if (pending.length === 0) return ''
  const lines = [...Map.groupBy(pending, (call) => call)].map(
    ([call, { length }]) => `- ${call}${length > 1 ? `, ${length} times` : ''}`,
  )
  return `\n\nWaiting for your confirmation. Answer "yes" to do this, or "no" to leave it:\n${lines.join('\n')}`
}

function pendingCallText({ tool, args, result }: ToolCall): string {
  if (tool === 'undo') return 'seq' in args ? `undo change ${JSON.stringify(args['seq'])}` : 'undo the latest change'
  const does = effectOf(tool, args)?.does ?? 'remove'
  const verb = does === 'remove' ? 'delete' : does
  const several = pendingTasks.safeParse(result).data?.tasks
  if (several !== undefined)
    return `${verb} ${several.length} tasks: ${several.map(({ title }) => quoted(title)).join(', ')}`
  const renamed = does === 'rename' ? ` to ${quoted(args['title'])}` : ''
  return `${verb} task ${String(result['task_id'])} ${quoted(result['title'])}${renamed}`
}

const pendingTasks = z.object({ tasks: z.array(z.object({ title: z.string() })) })

function quoted(title: unknown): string {
  return `“${String(title).replace(/\s+/g, ' ')}”`
}

/** The answer to store if the assistant failed after it had made these calls. */
export function failedAnswerText({ message }: ApiError, calls: readonly ToolCall[]): string {
  const changes = changesOf(calls)
  const done = changes.length === 0 ? 'Nothing had been changed.' : `Before that I had ${changes.join('; ')}.`
  return `I could not finish this answer. ${message}. ${done}`
}

/** The answer where the limit of model calls was reached. */
export function incompleteAnswerText(calls: readonly ToolCall[]): string {
  const changes = changesOf(calls)
  const done = changes.length === 0 ? 'Nothing has been changed' : `So far I have ${changes.join('; ')}`
  return `I stopped here, because this takes too many steps for one answer. ${done}. Tell me to go on, or ask for less at once.`
}

function changesOf(calls: readonly ToolCall[]): string[] {
  return calls.flatMap((call) => {
    if (isPendingConfirmation(call)) return []
    const one = writeResult.safeParse(call.result).data
    if (one !== undefined) return [`${one.status} task ${one.task_id} “${one.title}”`]
    const several = changesResult.safeParse(call).data
    if (several === undefined) return []
    const { args, result } = several
    return result.tasks.map(({ id, title }) => `${done[args.do]} task ${id} “${title}”`)
  })
}

const writeResult = z.object({ task_id: z.int(), status: z.string(), title: z.string() })

const done = { complete: 'completed', reopen: 'reopened', delete: 'deleted', update: 'updated' } as const
const changesResult = z.object({
  args: z.looseObject({ do: z.enum(['complete', 'reopen', 'delete', 'update']) }),
  result: z.looseObject({ tasks: z.array(z.looseObject({ id: z.int(), title: z.string() })), first_seq: z.int() }),
})
