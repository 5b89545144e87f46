import type { Command } from '../command.ts'

/** A command, and how sure it is that the user meant it. */
export interface Understood {
  readonly command: Command
  /** A misspelt word was corrected. */
  readonly isGuessed: boolean
  /** The message asks rather than tells, though it reads like a command. */
  readonly isQuestion: boolean
}

/** The commands of a message, in their order, or the part of it that is not understood. */
export type Understanding = { readonly commands: readonly Understood[] } | { readonly unclear: string }
