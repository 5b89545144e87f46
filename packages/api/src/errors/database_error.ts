import type { ErrorCode } from './api_error.ts'

const OVERLOADED = [
  // Prisma: no connection within the pool's time, transaction could not start. PostgreSQL: time limits, full.
  /timeout exceeded when trying to connect/i,
  /query read timeout/i,
  /\b(P2024|P2028|57014|53300|53400|55P03)\b/,
  // A deadlock, which none of our statements makes alone, but one by hand may: the write was undone, a repeat goes on.
  /\b(P2034|40P01|40001)\b/,
  // What Prisma's adapter calls them where it has no code: raw statements.
  /\b(TooManyConnections|TransactionWriteConflict)\b/,
]
const UNAVAILABLE = [
  /client has encountered a connection error and is not queryable/i,
  /connection terminated/i,
  /timeout expired/i,
  /server has closed the connection/i,
  /\b(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|ENOENT)\b/,
  /\b(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError)\b/,
  // With 25006: a standby that we still write to after a failover.
  /\b(25006|P1001|P1002|P1008|P1017|57P01|57P02|57P03|08000|08001|08003|08004|08006)\b/,
]

/**
 * Whether an error says that the database is overloaded or away, rather than that we asked it something wrong.
 * Drivers put this into codes and, where they have none, into messages; it may be several causes deep.
 */
export function databaseFailure(error: unknown): Extract<ErrorCode, 'overloaded' | 'database_unavailable'> | undefined {
  for (let depth = 0, at = error; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const signs = [at.message, 'code' in at ? String(at.code) : '', 'meta' in at ? JSON.stringify(at.meta) : ''].join(
      ' ',
    )
    if (OVERLOADED.some((sign) => sign.test(signs))) return 'overloaded'
    if (UNAVAILABLE.some((sign) => sign.test(signs))) return 'database_unavailable'
  }
  return undefined
}

/** Whether a write failed because its idempotency key is already in the log. */
export function isKeyViolation(error: unknown): boolean {
  for (let depth = 0, at = error; at instanceof Error && depth < 8; depth++, at = at.cause) {
    const code = 'code' in at ? at.code : undefined
    if (code !== 'P2002' && code !== 'P2010' && code !== '23505') continue
    const details = ['constraint' in at ? at.constraint : '', 'meta' in at ? JSON.stringify(at.meta) : ''].join(' ')
    if (/_user_id_key_key|"user_id"?,\s*"?key\b/.test(details)) return true
  }
  return false
}

/** Whether Prisma found no row for a conditional write. */
export function isNothingMatched(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2025'
}
