import { DatabaseStartupError } from '@taskwire/db/migrate'
import { ConfigurationError } from '../config/env.ts'
import { FirstWorkerError } from '../workers/worker_group.ts'
import { ListenError } from './port.ts'

/** What the operator has to fix, one line for each problem; an unexpected error is shown with its stack. */
export function startupErrorMessages(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems
  if (error instanceof FirstWorkerError) return error.isExplained ? [] : [error.message]
  if (error instanceof ListenError || error instanceof DatabaseStartupError) return [error.message]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}
