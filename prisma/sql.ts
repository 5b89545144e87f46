import { DatabaseError, type Pool, type QueryConfig } from 'pg'

/** One statement with its values. With a name, PostgreSQL parses and plans it once a connection. */
export interface Statement {
  readonly name?: string | undefined
  readonly text: string
  readonly values: readonly unknown[]
}

/** Runs a statement and returns its rows, which are what the statement's author says they are. */
export type Sql = <Row>(statement: Statement) => Promise<Row[]>

/** Poolers that hand out connections by transaction may not know a name that another connection prepared. */
const NAME_UNKNOWN = '26000'
const NAME_TAKEN = '42P05'

/** The way to the pool without Prisma. Names are given up where a pooler loses them; neither failure ran anything. */
export function sqlOver(pool: Pool): Sql {
  let named = true
  return async <Row>({ name, text, values }: Statement) => {
    try {
      return (await run(pool, { name: named ? name : undefined, text, values: [...values] })) as Row[]
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (!named || (code !== NAME_UNKNOWN && code !== NAME_TAKEN)) throw error
      named = false
      return (await run(pool, { text, values: [...values] })) as Row[]
    }
  }
}

/**
 * `pool.query` closes the connection at every error: a repeated write, which is one violated key, then cost 25 ms. One
 * that PostgreSQL reported leaves the connection as good as it was.
 */
async function run(pool: Pool, query: QueryConfig): Promise<unknown[]> {
  const client = await pool.connect()
  // Its death reaches the query below; without a listener it would end the process as well.
  client.on('error', ignored)
  let unusable = false
  try {
    return (await client.query(query)).rows
  } catch (error) {
    unusable = !(error instanceof DatabaseError && error.severity === 'ERROR')
    throw error
  } finally {
    client.off('error', ignored)
    client.release(unusable)
  }
}

function ignored(): void {}
