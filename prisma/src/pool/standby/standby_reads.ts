import { connectionBudget } from '../budget.ts'
import { useUtc, type Connection } from '../connection.ts'
import { ConnectionError } from '../error_code.ts'
import { FairPool } from '../fair_pool.ts'
import { fairShare, type FairShareOptions } from '../fair_share.ts'
import { openPipeline } from '../pipeline.ts'
import { sqlOver, type Sql } from '../sql.ts'

/** The connections to a standby that answer reads. */
export interface StandbyReads {
  readonly sql: Sql
  inFlight(): number
  /** Rejects what is in flight with a `ConnectionError`, so that it can be repeated elsewhere at once. */
  abandon(): void
  /** Resolves when what is in flight has been answered. */
  close(): Promise<void>
}

export interface StandbyReadsOptions {
  readonly connection: Connection
  readonly reads: number
  readonly dedicated: number
  readonly share: FairShareOptions
  readonly waitMs: number
}

export function openStandbyReads(options: StandbyReadsOptions): StandbyReads {
  const { connection, reads: count, dedicated, share, waitMs } = options
  const budget = connectionBudget({ reads: count, writes: 0, dedicated })
  const config = { ...connection, query_timeout: 15_000, max: dedicated, idleTimeoutMillis: 30_000, verify: useUtc }
  const pool = new FairPool(config, { share: fairShare(share), budget, refusedMs: waitMs })
  // Without a listener, losing an idle connection would end the process.
  pool.on('error', () => {})
  const pipeline =
    count === 0
      ? undefined
      : openPipeline({
          connection,
          count,
          stalledMs: waitMs,
          refusedMs: waitMs,
          budget: { connections: budget, share: 'reads' },
        })
  const sql = sqlOver({ dedicated: pool, reads: pipeline })
  const rejections = new Set<(error: Error) => void>()
  return {
    sql: (statement) =>
      new Promise((resolve, reject) => {
        rejections.add(reject)
        void sql(statement)
          .then((rows) => resolve(rows as never), reject)
          .finally(() => rejections.delete(reject))
      }),
    inFlight: () => rejections.size,
    abandon() {
      const lost = new ConnectionError('CONNECTION_LOST', 'the standby does not answer')
      for (const reject of rejections) reject(lost)
    },
    async close() {
      await pipeline?.close()
      await pool.end()
    },
  }
}
