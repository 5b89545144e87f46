/** Why a server cannot start on its database. The message is one line for the operator: what is wrong, what to do. */
export class DatabaseNotReady extends Error {
  override readonly name = 'DatabaseNotReady'
  readonly reason: NotReadyReason

  constructor(reason: NotReadyReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

export type NotReadyReason =
  | 'unreachable'
  | 'unsupported_server'
  | 'migration_edited'
  | 'migration_failed'
  | 'embedded_unavailable'

/** The text of an error in one line. A refused connection to two addresses comes as an AggregateError without text. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorMessage).join(', ')
  return (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, ' ')
}
