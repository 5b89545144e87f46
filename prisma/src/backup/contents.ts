import type { Client } from 'pg'

/** A table, and the columns whose values are stored. */
export interface TableContents {
  readonly name: string
  readonly columns: string[]
}

/** What Prisma's table of migrations holds is in the manifest of a backup. */
export const MIGRATIONS_TABLE = '_prisma_migrations'

const TABLES = `FROM pg_class WHERE relnamespace = to_regnamespace('taskwire') AND relkind IN ('r', 'p') AND NOT relispartition
  AND relname <> '${MIGRATIONS_TABLE}'`

/** Our tables: all of the schema, so that a table that is added later is not forgotten. */
export async function tableNames(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`SELECT relname AS name ${TABLES} ORDER BY relname`)
  return rows.map(({ name }) => name)
}

export async function tableContents(client: Client): Promise<TableContents[]> {
  const { rows } = await client.query<TableContents>(
    `SELECT relname AS name, ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0
      AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns ${TABLES} ORDER BY relname`,
  )
  return rows
}

export interface Sequence {
  readonly name: string
  readonly last_value: string
  readonly is_called: boolean
}

/** The sequences as they are now, which no snapshot holds still. */
export async function sequences(client: Client): Promise<Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace('taskwire') AND relkind = 'S' ORDER BY relname`,
  )
  const found: Sequence[] = []
  for (const { name } of rows) {
    const state = await client.query<Omit<Sequence, 'name'>>(`SELECT last_value, is_called FROM ${qualified(name)}`)
    found.push(...state.rows.map((row) => ({ ...row, name })))
  }
  return found
}

export function qualified(name: string): string {
  return `taskwire.${quoted(name)}`
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
