import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { connection, useUtc } from './connection.ts'
import { PrismaClient } from '../../generated/client.ts'
import { openLanes } from './pipeline.ts'
import { sqlOver, type Sql } from './sql.ts'

export type Db = PrismaClient

export type Database = {
  db: Db
  /** Statements past Prisma, for the hot path. */
  sql: Sql
  /** The pool under `db`, for what Prisma cannot say (streams, sessions). */
  pool: Pool
  close: () => Promise<void>
}

export type DatabaseOptions = {
  url: string
  /** Connections at most, lanes included. A caller waits 3 s for one, and 15 s for an answer. */
  poolMax?: number
  /** Told of connections that died while nobody used them. */
  log?: (message: string) => void
}

/** Opens the one client of a process. Nothing is connected until the first query. */
export function openDatabase({ url, poolMax = 30, log }: DatabaseOptions): Database {
  const each = { ...connection(url), query_timeout: 15_000 }
  const { reads, writes, alone } = shares(poolMax)
  const lanes = (count: number) => (count === 0 ? undefined : openLanes({ connection: each, count, log }))
  const ways = {
    pool: new Pool({ ...each, max: alone, idleTimeoutMillis: 30_000, verify: useUtc }),
    reads: lanes(reads),
    writes: lanes(writes),
  }
  const { pool } = ways
  // Without a listener the death of an idle connection would end the process.
  pool.on('error', (error) => log?.(`idle database connection lost: ${error.message}`))
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 3000, timeout: 15_000 },
  })
  return {
    db,
    sql: sqlOver(ways),
    pool,
    close: async () => {
      await Promise.all([ways.reads?.close(), ways.writes?.close()])
      await db.$disconnect()
      await pool.end()
    },
  }
}

/**
 * How the connections are shared out: of 30, 6 are lanes for short reads, 15 lanes for writes, each of which waits for
 * its commit, and 9 are for one statement or transaction at a time. A single one is that.
 */
function shares(poolMax: number) {
  const reads = Math.floor(poolMax / 5)
  const writes = Math.floor(poolMax / 2)
  return { reads, writes, alone: poolMax - reads - writes }
}
