import { currentCaller } from './caller.ts'
import type { Snapshots } from './snapshot.ts'
import type { Sql } from './sql.ts'

/** Called after each statement with its name, `unnamed` or `snapshot`, and the milliseconds until its answer or failure. */
export type OnStatement = (name: string, ms: number) => void

/** The same statements, whose time is reported: waiting for a connection included, because a caller waits for it too. */
export function timedSql(sql: Sql, onStatement: OnStatement | undefined): Sql {
  return (statement) => timed(onStatement, statement.name ?? 'unnamed', () => sql(statement))
}

/** The same snapshots, each of whose reads is reported as one statement. */
export function timedSnapshots(snapshots: Snapshots, onStatement: OnStatement | undefined): Snapshots {
  return {
    open() {
      const snapshot = snapshots.open()
      return {
        next: (statement, count) => timed(onStatement, 'snapshot', () => snapshot.next(statement, count)),
        close: () => snapshot.close(),
      }
    },
  }
}

async function timed<T>(onStatement: OnStatement | undefined, name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    reportStatement(onStatement, name, performance.now() - start)
  }
}

export function reportStatement(onStatement: OnStatement | undefined, name: string, ms: number): void {
  onStatement?.(name, ms)
  currentCaller()?.onStatement?.(ms, name)
}
