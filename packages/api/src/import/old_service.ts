import { type Database, INT32_MAX } from '@taskwire/db'
import { conversationTable, messageTable } from './chat_tables.ts'
import type { Copied } from './copied.ts'
import { insertRows } from './insert_rows.ts'
import type { OldRow } from './old_row.ts'
import { assignIds, oldSource, type OldTableNames, rowsOf } from './old_source.ts'
import { type Mapping, type OldSource, type OldTable, quoted, type TableName, unusedColumns } from './old_table.ts'
import { taskTable } from './task_table.ts'
import { copyUsers } from './users.ts'

export type { Copied } from './copied.ts'
export type { OldTableNames } from './old_source.ts'

// Messages come last: each needs its conversation.
const tables = [taskTable, conversationTable, messageTable]

const BATCH = 500

/**
 * Copies the tables of the old service that exist in `public`, keeping ids and times. Rows that were copied before are
 * left as they are, so it can be repeated. Tables are found by their singular or plural, others by `names`. Ids that are no
 * numbers get some. Throws if `public.task` does not belong to the old service.
 */
export async function copyOldService(pool: Database['pool'], names: OldTableNames = {}): Promise<Copied[]> {
  const sources = new Map<TableName, OldSource>()
  for (const table of tables) {
    const source = await oldSource(pool, table, names[table.name])
    if (source !== undefined) sources.set(table.name, source)
  }
  const results: Copied[] = []
  for (const table of tables) {
    const source = sources.get(table.name)
    if (source === undefined) continue
    const mapping = table.mapping(source.columns, sources)
    const imports = [...mapping.imports, ...source.aliases.values()]
    const others = [...source.columns.keys()].filter((column) => !imports.includes(column))
    const unused = await unusedColumns(pool, source.table, others)
    results.push(await copyTable(pool, { table, source, mapping, unused }))
  }
  const users = await copyUsers(pool, names)
  return users === undefined ? results : [...results, users]
}

interface TableCopy {
  readonly table: OldTable
  readonly source: OldSource
  readonly mapping: Mapping
  readonly unused: Copied['unused']
}

async function copyTable(
  pool: Database['pool'],
  { table: { name }, source, mapping, unused }: TableCopy,
): Promise<Copied> {
  const result: Copied = { table: name, copied: 0, present: 0, refused: [], notes: new Map(), unused }
  if (source.hasNumbers) await reserveIds(pool, name, source)
  else await assignIds(pool, name, source)
  const own = ['imported_id::float8 AS id', 'id::text AS old_id', 'user_id::text AS user_id']
  const select = [...own, ...mapping.select].join(', ')
  for (let after: unknown = null; ;) {
    const { rows } = await pool.query<OldRow>(
      `SELECT ${select} FROM ${rowsOf(name, source)}
        WHERE $1::bigint IS NULL OR imported_id > $1 ORDER BY imported_id LIMIT ${BATCH}`,
      [after],
    )
    if (rows.length === 0) return result
    after = rows.at(-1)?.id
    await copyBatch(pool, { name, mapping, rows, result })
  }
}

/** Before the rows: a running server must not assign an id that is about to be imported. */
async function reserveIds(pool: Database['pool'], name: TableName, { table }: OldSource): Promise<void> {
  await pool.query(`SELECT setval('taskwire.${name}_id_seq', highest) FROM
    (SELECT least(max(id), ${INT32_MAX}) AS highest FROM public.${quoted(table)}) AS old
    WHERE highest > (SELECT last_value FROM taskwire.${name}_id_seq)`)
}

interface Batch {
  readonly name: TableName
  readonly mapping: Mapping
  readonly rows: readonly OldRow[]
  readonly result: Copied
}

async function copyBatch(pool: Database['pool'], { name, mapping, rows, result }: Batch): Promise<void> {
  const refuse = (id: unknown, reason: string) => result.refused.push(`${result.table} ${String(id)}: ${reason}`)
  const imported: { id: unknown; old_id: unknown; row: Readonly<Record<string, unknown>>; notes: readonly string[] }[] =
    []
  for (const old of rows) {
    const outcome = mapping.rowOf(old)
    if ('refused' in outcome) refuse(old['old_id'], outcome.refused)
    else imported.push({ id: old.id, old_id: old['old_id'], ...outcome })
  }
  const outcomes = await insertRows(pool, {
    table: name,
    columns: mapping.sets,
    rows: imported.map(({ row }) => row),
  })
  for (const { id, old_id, notes } of imported) {
    const outcome = outcomes.get(Number(id))
    if (outcome === 'copied') {
      result.copied++
      for (const note of notes) result.notes.set(note, (result.notes.get(note) ?? 0) + 1)
    } else if (outcome === 'present') result.present++
    else if (outcome !== undefined) refuse(old_id, outcome.refused)
  }
}
