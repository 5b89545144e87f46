import type { PastMessage } from '@taskwire/api'

/** A tool call with its result. */
export interface CompletedCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>>
}

/** A message of the user and the tool calls that were made for it. */
export interface Exchange {
  readonly message: string
  readonly calls: readonly CompletedCall[]
}

/** The exchange to continue, and those before it, oldest first. */
export interface Conversation extends Exchange {
  readonly past: readonly Exchange[]
}

export function conversationOf(history: readonly PastMessage[], message: string): Conversation {
  const past: { message: string; calls: CompletedCall[] }[] = []
  for (const { role, content, tool_calls } of history) {
    if (role === 'user') past.push({ message: content, calls: [] })
    // A window of history may start with an answer. Its message is unknown, so its calls are omitted.
    else past.at(-1)?.calls.push(...tool_calls)
  }
  return { message, calls: [], past }
}
