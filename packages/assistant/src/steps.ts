import type { QuickAddContext } from '@taskwire/calendar'
import type { Understood } from './language/understanding.ts'
import type { CompletedCall } from './conversation.ts'
import type { Written } from './changes.ts'
import type { KnownTask } from './tasks.ts'

export interface ToolUse {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * The work on a message: it yields the tools to use, together, and continues with their results. It depends on nothing
 * else, so that with the recorded results of an earlier message it comes to that message's outcome again.
 */
export type Steps<Result> = Generator<readonly ToolUse[], Result, readonly CompletedCall[]>

/** What a message is answered. */
export interface Outcome {
  readonly reply: string
  /** The question in the reply: the next message may answer it. */
  readonly question?: ClarifyingQuestion
  /** The tasks in the reply, in the order of their numbers. */
  readonly shown?: readonly KnownTask[]
}

export type ClarifyingQuestion =
  /** Whether to use the tools. */
  | { readonly asks: 'consent'; readonly uses: readonly ToolUse[] }
  | { readonly asks: 'task'; readonly understood: Understood; readonly candidates: readonly KnownTask[] }
  | { readonly asks: 'title'; readonly understood: Understood }

/** What the work on a message knows beside its words. */
export interface Situation {
  readonly dialogue: Dialogue
  readonly clock: QuickAddContext
}

/** What the earlier messages of a conversation mean for the next one. */
export interface Dialogue {
  /** The list that was shown last, in its order. Undefined if one was shown that is not known any more. */
  readonly shown: readonly KnownTask[] | undefined
  /** The ids that the tools have returned: those that a program on the other side may know. */
  readonly ids: ReadonlySet<number>
  /** The tasks that were changed or shown last. */
  readonly mentioned: readonly number[]
  /** What the last reply asked. */
  readonly question?: ClarifyingQuestion
  /** The calls that wait for the user's confirmation. */
  readonly pending: readonly ToolUse[]
  /** The changes that were made and not undone, by message, the last message's last. */
  readonly changes: readonly (readonly Written[])[]
}
