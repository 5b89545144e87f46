import { currentCaller } from '../caller.ts'
import { ConnectionError } from '../error_code.ts'
import type { Sql } from '../sql.ts'
import type { Standbys } from './standbys.ts'

/** Where a read that a standby may answer was answered. */
export type ReadPlace = 'primary' | 'standby'

/** They have taken as long as a caller waits, or stand for what a user has too much of. */
const FINAL_CODES: ReadonlySet<string> = new Set(['QUERY_TIMEOUT', 'POOL_TIMEOUT'])
const QUERY_CANCELED = '57014'

/**
 * Runs the reads that allow it on a standby that has everything that was committed before, and all else on the primary,
 * also what a standby fails to answer.
 */
export function readFromStandbys(primary: Sql, standbys: Standbys, onRead?: (place: ReadPlace) => void): Sql {
  return async (statement) => {
    if (statement.mayUseStandby !== true) return primary(statement)
    const standby = await standbys.upToDate()
    if (standby !== undefined) {
      try {
        const rows = await standby.sql(statement)
        onRead?.('standby')
        return rows as never
      } catch (error) {
        if (isFinal(error)) throw error
      }
    }
    onRead?.('primary')
    return primary(statement)
  }
}

function isFinal(error: unknown): boolean {
  if (currentCaller()?.signal?.aborted === true) return true
  if (error instanceof ConnectionError) return FINAL_CODES.has(error.code)
  return error instanceof Error && 'code' in error && error.code === QUERY_CANCELED
}
