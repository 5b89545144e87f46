import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { PrismaClient } from '../../generated/client.ts'
import { connection, useUtc } from './connection.ts'
import { openPipeline } from './pipeline.ts'
import { sqlOver, type Sql } from './sql.ts'

export type Db = PrismaClient

export type Database = {
  db: Db
  /** Statements without Prisma, for the hot path. */
  sql: Sql
  /** The pool under `db`, for what Prisma cannot express (streams, sessions). */
  pool: Pool
  close: () => Promise<void>
}

export type DatabaseOptions = {
  url: string
  /** Connections at most, pipelined ones included. A caller waits 3 s for one, and 15 s for an answer. */
  poolMax?: number
  /** Called for each connection that was lost while idle. */
  log?: (message: string) => void
}

/** Opens the one client of a process. Nothing is connected until the first query. */
export function openDatabase({ url, poolMax = 30, log }: DatabaseOptions): Database {
  const config = { ...connection(url), query_timeout: 15_000 }
  const { reads, writes, dedicated } = shares(poolMax)
  const pipeline = (count: number) => (count === 0 ? undefined : openPipeline({ connection: config, count, log }))
  const pools = {
    dedicated: new Pool({ ...config, max: dedicated, idleTimeoutMillis: 30_000, verify: useUtc }),
    reads: pipeline(reads),
    writes: pipeline(writes),
  }
  const pool = pools.dedicated
  // Without a listener, losing an idle connection would end the process.
  pool.on('error', (error) => log?.(`idle database connection lost: ${error.message}`))
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 3000, timeout: 15_000 },
  })
  return {
    db,
    sql: sqlOver(pools),
    pool,
    close: async () => {
      await Promise.all([pools.reads?.close(), pools.writes?.close()])
      await db.$disconnect()
      await pool.end()
    },
  }
}

/**
 * Divides the connections: of 30, 6 are pipelined for short reads, 15 for writes, each of which waits for its commit, and
 * 9 run one statement or transaction at a time. A single connection is of that last kind.
 */
function shares(poolMax: number) {
  const reads = Math.floor(poolMax / 5)
  const writes = Math.floor(poolMax / 2)
  return { reads, writes, dedicated: poolMax - reads - writes }
}
