/** Thrown when the database cannot be used. The message is one line for the operator: what is wrong and what to do. */
export class DatabaseStartupError extends Error {
  override readonly name = 'DatabaseStartupError'
  readonly reason: DatabaseStartupReason

  constructor(reason: DatabaseStartupReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

export type DatabaseStartupReason =
  | 'unreachable'
  | 'unsupported_server'
  | 'missing_privilege'
  | 'migration_edited'
  | 'migration_failed'
  | 'outdated_version'
  | 'embedded_unavailable'
  | 'nothing_stored'

/** The message of an error on one line. A refused connection to two addresses is an AggregateError without a message. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorMessage).join(', ')
  return (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, ' ')
}
