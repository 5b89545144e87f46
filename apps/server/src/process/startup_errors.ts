import { DatabaseStartupError } from '@taskwire/db/migrate'
import { ConfigurationError } from '../config/env.ts'
import { ListenError } from './port.ts'

/** What the operator has to fix, one line for each problem; an unexpected error is shown with its stack. */
export function startupErrorMessages(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems
  if (error instanceof ListenError || error instanceof DatabaseStartupError) return [error.message]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}
