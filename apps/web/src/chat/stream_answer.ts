import type { Client } from '../client.ts'

export interface ToolCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>>
}

/** The part of an answer that has arrived. */
export interface StreamingAnswer {
  readonly question: string
  readonly text: string
  readonly calls: readonly ToolCall[]
}

interface ChatRequest {
  readonly message: string
  readonly conversation_id: number | undefined
}

interface StreamOptions {
  readonly signal: AbortSignal
  readonly onProgress: (running: StreamingAnswer) => void
}

/** Sends a message to the assistant and reports its answer as it arrives. Resolves to the conversation's id. */
export async function streamAnswer(
  client: Client,
  request: ChatRequest,
  options: StreamOptions,
): Promise<number | undefined> {
  const { signal, onProgress } = options
  let running: StreamingAnswer = { question: request.message, text: '', calls: [] }
  let conversation_id = request.conversation_id
  for await (const event of await client.chat.stream.mutate(request, { signal })) {
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
