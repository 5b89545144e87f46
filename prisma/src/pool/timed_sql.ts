import { currentCaller } from './caller.ts'
import type { Sql } from './sql.ts'

/** Called after each statement with its name, or `unnamed`, and the milliseconds until its answer or failure. */
export type OnStatement = (name: string, ms: number) => void

/** The same statements, whose time is reported: waiting for a connection included, because a caller waits for it too. */
export function timedSql(sql: Sql, onStatement: OnStatement | undefined): Sql {
  return async (statement) => {
    const start = performance.now()
    try {
      return await sql(statement)
    } finally {
      reportStatement(onStatement, statement.name ?? 'unnamed', performance.now() - start)
    }
  }
}

export function reportStatement(onStatement: OnStatement | undefined, name: string, ms: number): void {
  onStatement?.(name, ms)
  currentCaller()?.onStatement?.(ms)
}
