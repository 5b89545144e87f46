import type { ToolCall } from './schema.ts'

/** Whoever answers in a conversation: a model behind its SDK, the offline assistant, or a test's script. */
export interface Assistant {
  /**
   * Answers one message. Where the model fails it throws an `ApiError` (`model_unavailable`, `model_timeout`). When
   * `signal` aborts it ends within a second and calls no tool any more.
   */
  answer(question: Question): Promise<Answer>
  /** Ends what is being answered: the process stops. */
  close?(): void
}

export interface Question {
  /** What was said before, oldest first, as far back as an answer may need. */
  readonly history: readonly PastMessage[]
  readonly message: string
  readonly tools: readonly AssistantTool[]
  readonly signal: AbortSignal
  /** Given where somebody reads along: takes the text as it comes. What counts is the answer. */
  readonly say?: ((text: string) => void) | undefined
}

export interface PastMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  readonly tool_calls: readonly ToolCall[]
}

export interface Answer {
  readonly response: string
  /** Which model gave it. */
  readonly model: string
}

/** A tool in the hands of the assistant. Whose tasks it is about is settled: no argument can name another user. */
export interface AssistantTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly parameters: Record<string, unknown>
  /** Never errors: what went wrong is the result. Rejects only once the answer was aborted. */
  run(args: unknown): Promise<ToolOutcome>
}

export interface ToolOutcome {
  readonly result: Record<string, unknown>
  /** The arguments were not such as the tool takes. */
  readonly invalid: boolean
}
