import type { Client } from '../client.ts'

export interface ToolCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>>
}

/** An answer so far. */
export interface StreamingAnswer {
  readonly question: string
  readonly text: string
  readonly calls: readonly ToolCall[]
}

interface Question {
  readonly message: string
  readonly conversation_id: number | undefined
}

interface StreamOptions {
  readonly signal: AbortSignal
  readonly onProgress: (running: StreamingAnswer) => void
}

/** Asks the assistant and tells of its answer piece by piece. Resolves to the conversation's id. */
export async function streamAnswer(
  client: Client,
  question: Question,
  listening: StreamOptions,
): Promise<number | undefined> {
  const { signal, onProgress } = listening
  let running: StreamingAnswer = { question: question.message, text: '', calls: [] }
  let conversation_id = question.conversation_id
  for await (const event of await client.chat.stream.mutate(question, { signal })) {
    if (event.type === 'delta') running = { ...running, text: running.text + event.text }
    else if (event.type === 'tool_call') running = { ...running, calls: [...running.calls, event] }
    else {
      conversation_id = event.conversation_id
      running = { ...running, text: event.response, calls: event.tool_calls }
    }
    onProgress(running)
  }
  return conversation_id
}
