import { z } from 'zod'
import type { ApiError } from '../errors/api_error.ts'
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
  return `delete task ${String(result['task_id'])} “${String(result['title']).replace(/\s+/g, ' ')}”`
}

/** The answer to store if the assistant failed after it had made these calls. */
export function failedAnswerText({ message }: ApiError, calls: readonly ToolCall[]): string {
  const changes = calls.flatMap((call) => {
    const { data } = writeResult.safeParse(call.result)
    return data === undefined || isPendingConfirmation(call)
      ? []
      : [`${data.status} task ${data.task_id} “${data.title}”`]
  })
  const done = changes.length === 0 ? 'Nothing had been changed.' : `Before that I had ${changes.join('; ')}.`
  return `I could not finish this answer. ${message}. ${done}`
}

const writeResult = z.object({ task_id: z.int(), status: z.string(), title: z.string() })
