import type { Database } from '@taskwire/db'
import {
  type OldColumns,
  oldColumns,
  type OldSource,
  type OldSources,
  type OldTable,
  quoted,
  type TableName,
} from './old_table.ts'

/** Names of the old tables, where they are neither the singular nor the plural. */
export type OldTableNames = Partial<Readonly<Record<TableName | 'user' | 'account', string>>>

/** The old table: that of this name, else the singular or the plural that has the required columns. */
export async function oldSource(
  pool: Database['pool'],
  { name, requires }: Pick<OldTable, 'name' | 'requires'>,
  given: string | undefined,
): Promise<OldSource | undefined> {
  const found: OldSource[] = []
  for (const table of given === undefined ? [name, `${name}s`] : [given]) {
    const columns = await oldColumns(pool, table)
    const hasNumbers = /int|serial/.test(columns.get('id') ?? '')
    const aliases = aliasesIn(columns, requires)
    if (columns.size > 0) found.push({ table, columns: withAliases(columns, aliases), hasNumbers, aliases })
    else if (given !== undefined) throw new Error(`there is no table public.${table}`)
  }
  const fitting = found.find(({ columns }) => missingColumns(columns, requires).length === 0)
  const [first] = found
  if (fitting !== undefined || first === undefined) return fitting
  const missing = missingColumns(first.columns, requires).join(', ')
  throw new Error(`public.${first.table} is not the old service's: it has no column ${missing}`)
}

/** What versions of the old service call a column, or have instead of it. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  completed: ['is_completed', 'done'],
  updated_at: ['created_at'],
}

/** The columns that go by another name: that name by ours. */
function aliasesIn(columns: OldColumns, requires: readonly string[]): Map<string, string> {
  const found = Object.entries(OTHER_NAMES)
    .filter(([ours]) => requires.includes(ours))
    .map(([ours, others]) => [ours, others.find((name) => columns.has(name))] as const)
  return new Map(
    found.flatMap(([ours, name]) => (name === undefined || columns.has(ours) ? [] : [[ours, name] as const])),
  )
}

function withAliases(columns: OldColumns, aliases: ReadonlyMap<string, string>): OldColumns {
  return new Map([...columns, ...[...aliases].map(([ours, name]) => [ours, columns.get(name) ?? ''] as const)])
}

function missingColumns(columns: OldColumns, requires: readonly string[]): string[] {
  return requires.filter((column) => !columns.has(column))
}

/** The rows of a source as `old`, each with the id that it has here as `imported_id`. */
export function rowsOf(name: TableName, { table, hasNumbers, aliases }: OldSource): string {
  const renamed = [...aliases].map(([ours, column]) => `, source.${quoted(column)} AS ${ours}`).join('')
  const source = `public.${quoted(table)} AS source`
  if (hasNumbers) return `(SELECT source.*, source.id AS imported_id${renamed} FROM ${source}) AS old`
  return `(SELECT source.*, known.id AS imported_id${renamed} FROM ${source}
    JOIN taskwire.imported_id AS known ON (known.kind, known.old_id) = ('${name}', source.id::text)) AS old`
}

/** The id that a conversation has here, of the old one in this column. */
export function importedConversation(column: string, sources: OldSources): string {
  if (sources.get('conversation')?.hasNumbers !== false) return column
  return `(SELECT id FROM taskwire.imported_id WHERE (kind, old_id) = ('conversation', ${column}::text))`
}

/** Gives numbers to the rows that have none yet, in the order in which they were created. */
export async function assignIds(pool: Database['pool'], name: TableName, { table }: OldSource): Promise<void> {
  await pool.query(`INSERT INTO taskwire.imported_id (kind, old_id, id)
    SELECT '${name}', old_id, nextval('taskwire.${name}_id_seq') FROM
      (SELECT id::text AS old_id FROM public.${quoted(table)} AS source WHERE NOT EXISTS
        (SELECT FROM taskwire.imported_id WHERE (kind, old_id) = ('${name}', source.id::text))
      ORDER BY created_at, id) AS new`)
}
