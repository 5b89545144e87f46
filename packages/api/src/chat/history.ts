import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import type { PastMessage } from './assistant.ts'
import { toolCallOutput, type ToolCall } from './schema.ts'
import * as sql from './sql.ts'

/** The maximum number of messages, and of their characters, that an assistant receives. */
const WINDOW = { messages: 40, characters: 24_000 }

/** The messages before a given one, oldest first, as far as they fit into the window. */
export async function historyBefore(
  { services }: UserContext,
  conversation: sql.LeasedConversation,
  message_id: number,
): Promise<PastMessage[]> {
  const rows = await services.sql<sql.MessageRow>(sql.messagesBefore(conversation, message_id, WINDOW.messages))
  const history: PastMessage[] = []
  let room = WINDOW.characters
  for (const { role, content, tool_calls } of rows) {
    const calls = storedToolCalls(tool_calls)
    room -= content.length + JSON.stringify(calls).length
    if (room < 0 && history.length > 0) break
    history.unshift({ role: role === 'user' ? 'user' : 'assistant', content, tool_calls: room < 0 ? [] : calls })
  }
  return history
}

/** The tool calls of a stored answer. Messages that were imported from the old service have none. */
export function storedToolCalls(stored: unknown): ToolCall[] {
  return z.array(toolCallOutput).catch([]).parse(stored)
}
