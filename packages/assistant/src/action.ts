import type { Command, Target } from './command.ts'
import type { KnownTask } from './tasks.ts'

/** The next step for a message: call tools and interpret their results, or reply. */
export type NextAction = UseTools | Reply

export interface UseTools {
  readonly use: readonly ToolUse[]
}

export interface ToolUse {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

export interface Reply {
  readonly reply: string
  /** The question in the reply. */
  readonly question?: ClarifyingQuestion
}

/** A question to the user: the next message completes the command. */
export type ClarifyingQuestion = WhichTask | WhatTitle

export interface WhichTask {
  readonly asksFor: 'task'
  readonly command: TargetedCommand
  readonly candidates: readonly KnownTask[]
}

export interface WhatTitle {
  readonly asksFor: 'title'
  readonly command: Command
}

export type TargetedCommand = Extract<Command, { readonly target: Target }>
