import type { Pool, QueryConfig } from 'pg'
import { STALE_PLAN } from './connection.ts'
import { statementError } from './error_code.ts'
import type { Pipeline } from './pipeline.ts'
import type { WriteGroups } from './write_groups.ts'

/** One statement with its values. With a name, PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name?: string | undefined
  readonly text: string
  readonly values: readonly unknown[]
  /**
   * For statements that are always short: they share pipelined connections. A write names the owner of the rows that it
   * locks, because the writes of one user wait for each other. Without it the statement has a connection to itself.
   */
  readonly pipeline?: 'reads' | { readonly lockKey: string } | undefined
  /**
   * Whether a standby may answer it that has everything that was committed before. It may show a change that the primary
   * shows a moment later: not for the end of the log.
   */
  readonly mayUseStandby?: boolean | undefined
}

/**
 * Runs a statement and returns its rows, typed as the statement's author declares them. Rejects with pg's
 * `DatabaseError` where PostgreSQL reported an error, and with a `ConnectionError` where it could not answer.
 */
export type Sql = <Row>(statement: Statement) => Promise<Row[]>

export interface Pools {
  /** One statement or transaction per connection at a time. */
  readonly dedicated: Pool
  /** Absent when there are too few connections to set some aside. */
  readonly reads?: Pipeline | undefined
  readonly writes?: WriteGroups | undefined
}

/** A pooler that hands out connections per transaction may not know a name that another connection prepared. */
const INVALID_STATEMENT_NAME = '26000'
const DUPLICATE_STATEMENT_NAME = '42P05'

/** After a name was lost, none are sent for this many milliseconds. */
const WITHOUT_NAMES_MS = 60_000

/**
 * Runs statements without Prisma. When a pooler loses a name, or its plan is stale, the statement is repeated without it:
 * it had not run.
 */
export function sqlOver(pools: Pools): Sql {
  let withoutNamesUntil = -Infinity
  return async <Row>({ name, text, values, pipeline }: Statement) => {
    const sentName = performance.now() < withoutNamesUntil ? undefined : name
    try {
      return (await run(pools, { name: sentName, text, values: [...values] }, pipeline)) as Row[]
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      const isLost = code === INVALID_STATEMENT_NAME || code === DUPLICATE_STATEMENT_NAME
      if (sentName === undefined || (!isLost && code !== STALE_PLAN)) throw statementError(error)
      if (isLost) withoutNamesUntil = performance.now() + WITHOUT_NAMES_MS
      return (await run(pools, { text, values: [...values] }, pipeline).catch(throwStatementError)) as Row[]
    }
  }
}

function throwStatementError(error: unknown): never {
  throw statementError(error)
}

function run(
  { dedicated, reads, writes }: Pools,
  query: QueryConfig,
  pipeline: Statement['pipeline'],
): Promise<unknown[]> {
  if (pipeline === 'reads' && reads !== undefined) return reads.run(query)
  if (typeof pipeline === 'object' && writes !== undefined) return writes.run(query, pipeline.lockKey)
  // pg takes the time limit with the statement, but its types do not.
  const timeout = pipeline === undefined ? {} : { query_timeout: SHORT_MS }
  return runDedicated(dedicated, { ...query, ...timeout })
}

/** What would be pipelined if there were more connections is given up as early as there. */
const SHORT_MS = 3500

async function runDedicated(pool: Pool, query: QueryConfig): Promise<unknown[]> {
  const client = await pool.connect()
  // A lost connection rejects the query below; without a listener it would end the process as well.
  client.on('error', ignore)
  let failure: Error | undefined
  try {
    return (await client.query(query)).rows
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.off('error', ignore)
    client.release(failure)
  }
}

function ignore(): void {}
