import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { PrismaClient } from '../../generated/client.ts'
import { connectionBudget, type Shares } from './budget.ts'
import { runForNoCaller } from './caller.ts'
import { connection, useUtc } from './connection.ts'
import { FairPool } from './fair_pool.ts'
import { fairShare } from './fair_share.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { snapshots, type Snapshots } from './snapshot.ts'
import { sqlOver, type Sql } from './sql.ts'
import { readFromStandbys, type ReadPlace } from './standby/read_from_standbys.ts'
import { openStandbys, type Standbys } from './standby/standbys.ts'
import { transactions, type Transact } from './transaction.ts'
import { reportStatement, timedSnapshots, timedSql, type OnStatement } from './timed_sql.ts'
import { writeGroups } from './write_groups.ts'
import { writeHealth } from './write_health.ts'

export type Db = PrismaClient

export type Database = {
  db: Db
  /** Statements without Prisma, for the hot path. */
  sql: Sql
  /** Results of any size that are one moment's. */
  snapshots: Snapshots
  /** Several statements as one transaction. */
  transact: Transact
  /** Whether the database answers and can be written to. Rejects where it does not answer. */
  isWritable: () => Promise<boolean>
  /** The pool under `db`, for what Prisma cannot express (streams, sessions). */
  pool: Pool
  /** The connections of this process at this moment. */
  connections: () => Connections
  /** The standbys that answer reads; undefined without `readUrl`. */
  standbys?: Pick<Standbys, 'count'> | undefined
  /** Resolves when everything in flight has ended and every connection is closed. Each call waits for the same end. */
  close: () => Promise<void>
}

/** `waiting` counts callers that wait for one. */
export type Connections = { used: number; idle: number; waiting: number }

export type DatabaseOptions = {
  url: string
  /** Standbys of the same database, for reads that they can answer. */
  readUrl?: string | undefined
  /** Connections at most, pipelined ones included. A caller waits `waitMs` for one, and 15 s for an answer. */
  poolMax?: number
  /** How long a caller waits for a connection, and a pipelined statement for its answer (default: 3 s). */
  waitMs?: number
  /** Called for each connection that was lost while idle. */
  log?: (message: string) => void
  /** Called after each statement; those through Prisma are named `prisma`. */
  onStatement?: OnStatement | undefined
  /** Called for each read that a standby may answer. */
  onRead?: ((place: ReadPlace) => void) | undefined
}

const WAIT_MS = 3000
/** A pipelined statement is cancelled so long after it has begun to keep others from queueing. */
const CANCEL_MS = 300
/** How many statements of one user may wait for a connection. */
const QUEUE_LENGTH = 100

/** Opens the one client of a process. Nothing is connected until the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, readUrl, poolMax = 30, waitMs = WAIT_MS, log, onStatement, onRead } = options
  const config = { ...connection(url, log), connectionTimeoutMillis: waitMs }
  const queue = { queueLength: QUEUE_LENGTH, queueMs: waitMs }
  const shares = sharesOf(poolMax)
  const budget = connectionBudget(shares)
  const { forUsers, perUser } = userShares(shares.dedicated)
  const pool = new FairPool(
    { ...config, query_timeout: 15_000, max: shares.dedicated, idleTimeoutMillis: 30_000, verify: useUtc },
    { share: fairShare({ slots: forUsers, slotsPerUser: perUser, ...queue }), budget, refusedMs: waitMs },
  )
  const health = writeHealth(pool)
  const pipeline = (share: 'reads' | 'writes') =>
    shares[share] === 0
      ? undefined
      : openPipeline({
          connection: config,
          count: shares[share],
          stalledMs: waitMs,
          refusedMs: waitMs,
          timeoutMs: waitMs + CANCEL_MS,
          budget: { connections: budget, share },
          onOpen: (client) => health.watch(client),
          log,
        })
  const pools = { dedicated: pool, reads: pipeline('reads'), writes: pipeline('writes') }
  pool.on('connect', (client) => health.watch(client))
  // Without a listener, losing an idle connection would end the process.
  pool.on('error', (error) => log?.(`idle database connection lost: ${error.message}`))
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    log: [{ emit: 'event', level: 'query' }],
    transactionOptions: { maxWait: waitMs, timeout: 15_000 },
  })
  const transact = transactions(pool)
  const writes = pools.writes && writeGroups({ pipeline: pools.writes })
  const primary = sqlOver({ ...pools, writes })
  const standbys =
    readUrl === undefined
      ? undefined
      : openStandbys({
          url: readUrl,
          primary: timedSql(primary, onStatement),
          connections: shares,
          share: { slots: forUsers, slotsPerUser: perUser, ...queue },
          waitMs,
          log,
        })
  const sql = standbys === undefined ? primary : readFromStandbys(primary, standbys, onRead)
  const close = async () => {
    await standbys?.close()
    await Promise.all([pools.reads?.close(), writes?.close()])
    await db.$disconnect()
    await pool.end()
  }
  let closed: Promise<void> | undefined
  db.$on('query', ({ duration }) => reportStatement(onStatement, 'prisma', duration))
  return {
    db,
    sql: timedSql(sql, onStatement),
    // A client that reads slowly holds its connection: never all of those that others need for a search.
    snapshots: timedSnapshots(
      snapshots(pool, {
        share: fairShare({
          slots: Math.max(1, forUsers - perUser),
          slotsPerUser: Math.max(1, perUser - 1),
          ...queue,
        }),
      }),
      onStatement,
    ),
    transact: (work) => transact((sql) => work(timedSql(sql, onStatement))),
    isWritable: () => runForNoCaller(() => health.isWritable()),
    pool,
    connections: () => connectionsOf(pool, [pools.reads, pools.writes]),
    standbys,
    close: () => (closed ??= close()),
  }
}

function connectionsOf(pool: FairPool, pipelines: readonly (Pipeline | undefined)[]): Connections {
  const used = pool.totalCount - pool.idleCount
  const dedicated = { used, idle: pool.idleCount, waiting: pool.waitingCount + pool.queued() }
  return pipelines.reduce((sum, pipeline) => {
    const { used = 0, idle = 0 } = pipeline?.connections() ?? {}
    return { used: sum.used + used, idle: sum.idle + idle, waiting: sum.waiting }
  }, dedicated)
}

/**
 * Divides the connections: of 30, 6 are pipelined for short reads, 15 for writes, each of which waits for its commit, and
 * 9 run one statement or transaction at a time. A single connection is of that last kind.
 */
function sharesOf(poolMax: number): Shares {
  const reads = Math.floor(poolMax / 5)
  const writes = Math.floor(poolMax / 2)
  return { reads, writes, dedicated: poolMax - reads - writes }
}

/**
 * Divides the dedicated connections: of 9, users may take 7, each of them 3. The others are for what belongs to no user:
 * signing in, keys of tokens, readiness, live events.
 */
function userShares(dedicated: number) {
  const forUsers = dedicated - Math.floor((dedicated + 1) / 4)
  return { forUsers, perUser: Math.max(1, Math.floor(dedicated / 3)) }
}
