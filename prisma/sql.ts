import type { Pool } from 'pg'

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
      const { rows } = await pool.query({ name: named ? name : undefined, text, values: [...values] })
      return rows as Row[]
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (!named || (code !== NAME_UNKNOWN && code !== NAME_TAKEN)) throw error
      named = false
      const { rows } = await pool.query({ text, values: [...values] })
      return rows as Row[]
    }
  }
}
