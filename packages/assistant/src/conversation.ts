import type { PastMessage } from '@taskwire/api'

/** A tool call with its result. */
export interface CompletedCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>>
}

/** A message of the user, the tool calls that were made for it, and the text that answered it. */
export interface Exchange {
  readonly message: string
  readonly calls: readonly CompletedCall[]
  readonly answer: string
}

/** The exchanges of a conversation, oldest first. */
export function exchangesIn(history: readonly PastMessage[]): readonly Exchange[] {
  const past: { message: string; calls: CompletedCall[]; answer: string }[] = []
  for (const { role, content, tool_calls } of history) {
    if (role === 'user') past.push({ message: content, calls: [], answer: '' })
    // A window of history may start with an answer. Its message is unknown, so its calls are omitted.
    else {
      const last = past.at(-1)
      last?.calls.push(...tool_calls)
      if (last !== undefined) last.answer += content
    }
  }
  return past
}
