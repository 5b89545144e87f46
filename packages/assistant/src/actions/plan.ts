import type { ToolUse } from '../steps.ts'

/** The tools that a command will use, once it is certain that it means them. */
export interface Plan {
  readonly uses: readonly ToolUse[]
  /** What they do, as in "Shall I ...?" */
  readonly sentence: string
  /** Whether the user has to be asked first. */
  readonly needsConsent: boolean
  /** Whether the server asks for confirmation, of all uses together. */
  readonly isConfirmed?: boolean
  /** What to say once it is done. */
  readonly note?: string
}
