import { databaseErrorCode } from '@taskwire/db'
import type { ErrorCode } from './api_error.ts'

type DatabaseFailure = Extract<ErrorCode, 'overloaded' | 'database_unavailable'>

/**
 * The codes of PostgreSQL (SQLSTATE), Prisma and the driver that report a problem of the database, rather than of our
 * statement. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const FAILURES: ReadonlyMap<string, DatabaseFailure> = new Map([
  ...codes('overloaded', [
    // A deadlock or a serialization conflict: the statement was rolled back, and a repeat succeeds.
    ['40001', '40P01', 'P2034', 'TransactionWriteConflict'],
    // Out of connections, memory or another resource; lock timeout; statement timeout.
    ['53000', '53200', '53300', '53400', '55P03', '57014', 'TooManyConnections', 'P2037'],
    // No connection became free, or a transaction could not start, in time.
    ['POOL_TIMEOUT', 'QUERY_TIMEOUT', 'P2024', 'P2028'],
  ]),
  ...codes('database_unavailable', [
    // The connection class: poolers report a dead database as 08P01.
    ['08000', '08001', '08003', '08004', '08006', '08007', '08P01'],
    // A changed password; writes to a standby after a failover; a full disk.
    ['28P01', '25006', '53100', 'AuthenticationFailed', 'P1000'],
    // The server is shutting down, has crashed or is starting.
    ['57P01', '57P02', '57P03', 'P1001', 'P1002', 'P1008', 'P1017'],
    ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError'],
    ['CONNECTION_LOST', 'CONNECT_TIMEOUT', 'NO_SERVER', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH'],
    ['ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'ENOENT'],
  ]),
])

function codes(failure: DatabaseFailure, groups: readonly (readonly string[])[]): [string, DatabaseFailure][] {
  return groups.flat().map((code) => [code, failure])
}

/**
 * Whether an error, or one of its causes, came from a call to the database and says that the database is overloaded or
 * unavailable. Undefined for all others: those that our statement caused, and those of other services.
 */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  for (let depth = 0, at = error; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const failure = FAILURES.get(databaseErrorCode(at) ?? '')
    if (failure !== undefined) return failure
  }
  return undefined
}

/** Whether a write failed because its idempotency key is in the log already. */
export function isKeyViolation(error: unknown): boolean {
  return isViolation(error, /_user_id_key_key|"user_id"?,\s*"?key\b/)
}

/** Whether a write failed because its series has another open task. */
export function isSeriesViolation(error: unknown): boolean {
  return isViolation(error, /task_open_series_key/)
}

/**
 * Whether a transaction failed because of another one: they waited for each other's locks, or the other opened a task of
 * the same series. A repeat finds what the other has left.
 */
export function isLostRace(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? ''
  return isSeriesViolation(error) || ['40P01', '40001', '25P02'].includes(code)
}

/** Whether a write violated a unique index that the driver or Prisma names so. */
function isViolation(error: unknown, index: RegExp): boolean {
  for (let depth = 0, at = error; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const code = 'code' in at ? at.code : undefined
    if (code !== 'P2002' && code !== 'P2010' && code !== '23505') continue
    const details = ['constraint' in at ? at.constraint : '', 'meta' in at ? JSON.stringify(at.meta) : ''].join(' ')
    if (index.test(details)) return true
  }
  return false
}

/** The SQLSTATEs with which our triggers reject a write, and the errors that they stand for. */
const REJECTIONS: ReadonlyMap<string, ErrorCode> = new Map([
  // refuse_deleted_user
  ['TW401', 'token_subject_invalid'],
  // refuse_key_of_message, refuse_key_of_change
  ['TW422', 'idempotency_key_reused'],
])

/** The error for which one of our triggers rejected a write. */
export function triggerRejection(error: unknown): ErrorCode | undefined {
  for (let depth = 0, at = error; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const rejection = REJECTIONS.get(databaseErrorCode(at) ?? '')
    if (rejection !== undefined) return rejection
  }
  return undefined
}
