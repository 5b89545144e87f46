import type { Pool, PoolClient } from 'pg'
import { statementError } from './error_code.ts'
import type { Sql, Statement } from './sql.ts'

/**
 * Runs several statements as one transaction, on a connection of their own: all of them take effect, or none does. `work`
 * must await nothing but its statements, whose locks others wait for. It must not go on after a statement that failed:
 * PostgreSQL refuses all further ones.
 */
export type Transact = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>

export function transactions(pool: Pool): Transact {
  return async (work) => {
    const client = await pool.connect().catch(throwStatementError)
    // A lost connection rejects the next statement; without a listener it would end the process as well.
    client.on('error', ignore)
    let failure: Error | undefined
    try {
      await run(client, { text: 'BEGIN', values: [] })
      const result = await work((statement) => run(client, statement))
      await commit(client)
      return result
    } catch (error) {
      // PostgreSQL rolls back by itself when the connection is closed.
      failure = await client.query('ROLLBACK').then(
        () => undefined,
        (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause))),
      )
      throw error
    } finally {
      client.off('error', ignore)
      client.release(failure)
    }
  }
}

/** Without the statement's name: a pooler that hands out connections by transaction may not know it. */
async function run<Row>(client: PoolClient, { text, values }: Statement): Promise<Row[]> {
  try {
    return (await client.query(text, [...values])).rows as Row[]
  } catch (error) {
    throw statementError(error)
  }
}

/** Committing after a failed statement is a rollback, without an error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch(throwStatementError)
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back because one of its statements had failed')
}

function throwStatementError(error: unknown): never {
  throw statementError(error)
}

function ignore(): void {}
