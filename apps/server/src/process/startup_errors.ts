import { DatabaseStartupError } from '@taskwire/db/migrate'
import { BadConfiguration } from '../config/env.ts'
import { CannotListen } from './port.ts'

/** What the operator has to mend, a line each; an error that nobody foresaw is shown whole. */
export function startupErrorMessages(error: unknown): readonly string[] {
  if (error instanceof BadConfiguration) return error.problems
  if (error instanceof CannotListen || error instanceof DatabaseStartupError) return [error.message]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}
