import type { Command, Target } from './command.ts'
import type { KnownTask } from './tasks.ts'

/** What to do next for a message: use tools and look again, or say something, maybe with a question. */
export type Step = { readonly use: readonly Use[] } | { readonly say: string; readonly asks?: Question }

export interface Use {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A question back: what the next message completes. */
export type Question =
  | { readonly for: 'task'; readonly command: Targeted; readonly among: readonly KnownTask[] }
  | { readonly for: 'title'; readonly command: Command }

export type Targeted = Extract<Command, { readonly target: Target }>
