import type { Pool, QueryConfig } from 'pg'
import { leavesUsable } from './connection.ts'
import type { Lanes } from './pipeline.ts'

/** One statement with its values. With a name, PostgreSQL parses and plans it once a connection. */
export interface Statement {
  readonly name?: string | undefined
  readonly text: string
  readonly values: readonly unknown[]
  /**
   * For statements that are always short: they share connections with others that are under way. Writes say whose rows
   * they lock, because those of one user wait for each other. Without it a statement has a connection to itself.
   */
  readonly pipeline?: 'reads' | { readonly lockKey: string } | undefined
}

/** Runs a statement and returns its rows, which are what the statement's author says they are. */
export type Sql = <Row>(statement: Statement) => Promise<Row[]>

export interface Ways {
  readonly pool: Pool
  /** Absent where there are too few connections to keep some for them. */
  readonly reads?: Lanes | undefined
  readonly writes?: Lanes | undefined
}

/** Poolers that hand out connections by transaction may not know a name that another connection prepared. */
const NAME_UNKNOWN = '26000'
const NAME_TAKEN = '42P05'

/** For so many milliseconds no names are sent after one got lost. */
const NAMELESS_MS = 60_000

/** The way to PostgreSQL without Prisma. Where a pooler loses a name the statement is repeated; the failure ran nothing. */
export function sqlOver(ways: Ways): Sql {
  let namelessUntil = -Infinity
  return async <Row>({ name, text, values, pipeline }: Statement) => {
    const sentName = performance.now() < namelessUntil ? undefined : name
    try {
      return (await run(ways, { name: sentName, text, values: [...values] }, pipeline)) as Row[]
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (sentName === undefined || (code !== NAME_UNKNOWN && code !== NAME_TAKEN)) throw error
      namelessUntil = performance.now() + NAMELESS_MS
      return (await run(ways, { text, values: [...values] }, pipeline)) as Row[]
    }
  }
}

function run({ pool, reads, writes }: Ways, query: QueryConfig, pipeline: Statement['pipeline']): Promise<unknown[]> {
  if (pipeline === 'reads' && reads !== undefined) return reads.run(query)
  if (typeof pipeline === 'object' && writes !== undefined) return writes.run(query, pipeline.lockKey)
  return runAlone(pool, query)
}

/**
 * `pool.query` closes the connection at every error: a repeated write, which is one violated key, then cost 25 ms. One
 * that PostgreSQL reported leaves the connection as good as it was.
 */
async function runAlone(pool: Pool, query: QueryConfig): Promise<unknown[]> {
  const client = await pool.connect()
  // Its death reaches the query below; without a listener it would end the process as well.
  client.on('error', ignored)
  let unusable = false
  try {
    return (await client.query(query)).rows
  } catch (error) {
    unusable = !leavesUsable(error)
    throw error
  } finally {
    client.off('error', ignored)
    client.release(unusable)
  }
}

function ignored(): void {}
