import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import type { PastMessage } from './assistant.ts'
import { toolCallOutput, type ToolCall } from './schema.ts'
import * as sql from './sql.ts'

/** The maximum number of messages, and of their characters, that an assistant receives. */
const WINDOW = { messages: 40, characters: 24_000 }

/**
 * What the result of a call counts at most. Models are given no more of it, but the offline assistant needs all of a list
 * that it has just shown.
 */
const COUNTED_RESULT = 4000

export interface History {
  readonly history: readonly PastMessage[]
  /** Whether there are older messages that did not fit. */
  readonly historyIsCut: boolean
}

/** The messages before a given one, oldest first, as far as they fit into the window. */
export async function historyBefore(
  { services }: UserContext,
  conversation: sql.LeasedConversation,
  message_id: number,
): Promise<History> {
  const rows = await services.sql<sql.MessageRow>(sql.messagesBefore(conversation, message_id, WINDOW.messages))
  const history: PastMessage[] = []
  let room = WINDOW.characters
  for (const { role, content, tool_calls } of rows) {
    const calls = storedToolCalls(tool_calls)
    room -= content.length + sizeOf(calls)
    if (room < 0 && history.length > 0) return { history, historyIsCut: true }
    history.unshift({ role: role === 'user' ? 'user' : 'assistant', content, tool_calls: room < 0 ? [] : calls })
  }
  return { history, historyIsCut: rows.length === WINDOW.messages }
}

function sizeOf(calls: readonly ToolCall[]): number {
  return calls.reduce((sum, call) => sum + Math.min(JSON.stringify(call).length, COUNTED_RESULT), 0)
}

/** The tool calls of a stored answer. Messages that were imported from the old service have none. */
export function storedToolCalls(stored: unknown): ToolCall[] {
  return z.array(toolCallOutput).catch([]).parse(stored)
}
