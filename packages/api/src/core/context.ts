import type { Snapshot } from '@taskwire/db'
import type { ErrorCode } from '../errors/api_error.ts'
import type { Allowance, Principal, Services } from './services.ts'

/** The transports, as the log names them. A change made by SQL without naming one is logged as `sql`. */
export type Via = 'rest' | 'trpc' | 'mcp' | 'chat'

/** What the log and the metrics tell of a request. The operations that it calls fill it in. */
export interface CallRecord {
  /** The first of them, because a chat may call any number. */
  readonly operations: string[]
  /** Of the last error. */
  code?: ErrorCode
  user_id?: string
  actor?: string | null
  /** The time of its statements together. */
  database_ms: number
  /** Absent: it is not traced. */
  trace?: CallTrace | undefined
}

/** Traces the operations of a request. */
export interface CallTrace {
  begin(operation: string): OperationTrace
}

export interface OperationTrace {
  /** Adds a statement that has just ended and took `ms` milliseconds. */
  statement(name: string, ms: number): void
  /** Ends the operation; `code` is that of its error. */
  end(code?: ErrorCode): void
}

/** How many operations a record names. */
export const RECORDED_OPERATIONS = 10

/** What a transport passes in with a call. */
export interface Context {
  readonly services: Services
  readonly via: Via
  readonly request_id: string
  readonly record?: CallRecord | undefined
  /** The bearer token as it was sent. The procedure verifies it. */
  readonly token?: string | undefined
  /** A principal that was verified earlier in the same request: the assistant acts for the user of the chat. */
  readonly principal?: Principal | undefined
  /** The user that the caller names in the path or in an argument. It must be the token's user. */
  readonly acting_for?: string | undefined
  /** Whether the call continues an answer that was counted as a call already. */
  readonly counted?: boolean | undefined
  /** Where a whole list is read page by page: each call continues after the one before, whatever was written since. */
  readonly snapshot?: Snapshot | undefined
  /** Called once for each counted call, with what is left of the caller's rate limit. */
  readonly onAllowance?: ((allowance: Allowance) => void) | undefined
  /**
   * For clients from before a field existed: a value that does not fit is ignored instead of refused, and this is called
   * with the names of such fields.
   */
  readonly onIgnored?: ((names: readonly string[]) => void) | undefined
  /** Told during an import how many of its tasks are written. */
  readonly onProgress?: ((written: number, total: number) => void) | undefined
  /** The conversation in which the assistant makes the call. */
  readonly conversation_id?: number | undefined
}
