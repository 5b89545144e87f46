import type { QuickAddContext } from '@taskwire/calendar'
import type { TokenUsage, ToolCall } from './schema.ts'

/** Answers the messages of a conversation: a language model behind its SDK, the offline assistant, or a test's script. */
export interface Assistant {
  /**
   * Answers one message. Failures of the model are thrown as an `ApiError` (`model_unavailable`, `model_timeout` and so
   * on) without the texts of the model's provider; any other error is reported as `model_unavailable`, a `TimeoutError`
   * as `model_timeout`. When `signal` aborts, the answer ends within a second and calls no further tool.
   */
  answer(request: AssistantRequest): Promise<AssistantReply>
  /** It asks by itself before it completes, reopens or renames several tasks that the user has not named. */
  readonly asksBeforeChanges?: boolean
  /** Ends all running answers, because the process is stopping. */
  close?(): void
}

export interface AssistantRequest {
  /** The earlier messages, oldest first, as far back as an answer may need. */
  readonly history: readonly PastMessage[]
  /** Whether the conversation has messages before those of `history`. */
  readonly historyIsCut: boolean
  readonly message: string
  readonly tools: readonly AssistantTool[]
  readonly signal: AbortSignal
  /** The day and the time for the user, in the zone of their settings, by which an answer understands "tomorrow". */
  readonly moment: () => Promise<QuickAddContext>
  /** Receives the text piece by piece, as a preview. The reply is authoritative. */
  readonly onDelta?: ((text: string) => void) | undefined
  /** Receives what each call of the model used, also if the answer fails later. */
  readonly onUsage?: ((usage: TokenUsage) => void) | undefined
}

export interface PastMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  readonly tool_calls: readonly ToolCall[]
}

export interface AssistantReply {
  readonly response: string
  /** The name of the model that wrote it. */
  readonly model: string
  /** The limit of model calls was reached before the model answered. */
  readonly isIncomplete?: boolean
}

/** A tool as the assistant calls it. The acting user is already decided: no argument can name another one. */
export interface AssistantTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly parameters: Record<string, unknown>
  /** Failures are part of the outcome. Rejects only after the answer was aborted. */
  run(args: unknown): Promise<ToolOutcome>
}

export interface ToolOutcome {
  readonly result: Record<string, unknown>
  /** The tool does not accept these arguments. */
  readonly invalid: boolean
}
