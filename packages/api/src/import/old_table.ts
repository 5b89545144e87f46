import type { Database } from '@taskwire/db'
import type { ImportedRow, OldRow } from './old_row.ts'

/** The columns of a table of the old service: the type of each by its name. */
export type OldColumns = ReadonlyMap<string, string>

export type TableName = 'task' | 'conversation' | 'message'

/** A table of the old service, whose rows are imported into the table of the same name here. */
export interface OldTable {
  readonly name: TableName
  /** The columns without which a table of this name is not the old service's. */
  readonly requires: readonly string[]
  readonly mapping: (columns: OldColumns, sources: OldSources) => Mapping
}

/** The table of the old service from which one of ours is imported. */
export interface OldSource {
  /** Its name in `public`. */
  readonly table: string
  readonly columns: OldColumns
  /** Whether its ids are numbers, which are kept. Others, such as UUIDs, get numbers. */
  readonly hasNumbers: boolean
  /** Our name of each column that has another one there, with that. */
  readonly aliases: ReadonlyMap<string, string>
}

export type OldSources = ReadonlyMap<TableName, OldSource>

/** How the rows of an old table with certain columns are imported. */
export interface Mapping {
  /** The old columns that are imported. */
  readonly imports: readonly string[]
  /** What is read of a row of `old`, besides its `id` and its `user_id`. */
  readonly select: readonly string[]
  /** The columns here that an imported row sets. */
  readonly sets: readonly string[]
  readonly rowOf: (old: OldRow) => ImportedRow
}

/** The columns of a table in `public`; none if there is no such table. */
export async function oldColumns(pool: Database['pool'], table: string): Promise<OldColumns> {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  )
  return new Map(rows.map(({ name, type }) => [name, type]))
}

/** The columns that are not imported, each with the number of rows that have a value in it. */
export async function unusedColumns(
  pool: Database['pool'],
  table: string,
  columns: readonly string[],
): Promise<Map<string, number>> {
  if (columns.length === 0) return new Map()
  const counts = columns.map((column) => `count(${quoted(column)})::int`)
  const { rows } = await pool.query<{ counts: number[] }>(
    `SELECT ARRAY[${counts.join(', ')}] AS counts FROM public.${quoted(table)}`,
  )
  return new Map(columns.map((column, index) => [column, rows[0]?.counts[index] ?? 0]))
}

/** Whoever deletes an account has its data deleted: a repeat does not bring it back. */
export const DELETED_USER = 'its user was deleted here'

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
