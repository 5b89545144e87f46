import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { connection, useUtc } from './connection.ts'
import { PrismaClient } from './generated/client.ts'
import { sqlOver, type Sql } from './sql.ts'

export type Db = PrismaClient

export type Database = {
  db: Db
  /** Statements past Prisma, for the hot path. */
  sql: Sql
  /** The one pool under `db`, for what Prisma cannot say (streams, sessions). */
  pool: Pool
  close: () => Promise<void>
}

export type DatabaseOptions = {
  url: string
  /** Connections at most. A caller waits 3 s for one, and 15 s for an answer. */
  poolMax?: number
  /** Told of connections that died while nobody used them. */
  log?: (message: string) => void
}

/** Opens the one client of a process over one pool. Nothing is connected until the first query. */
export function openDatabase({ url, poolMax = 30, log }: DatabaseOptions): Database {
  const pool = new Pool({
    ...connection(url),
    max: poolMax,
    idleTimeoutMillis: 30_000,
    query_timeout: 15_000,
    verify: useUtc,
  })
  // Without a listener the death of an idle connection would end the process.
  pool.on('error', (error) => log?.(`idle database connection lost: ${error.message}`))
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 3000, timeout: 15_000 },
  })
  return {
    db,
    sql: sqlOver(pool),
    pool,
    close: async () => {
      await db.$disconnect()
      await pool.end()
    },
  }
}
