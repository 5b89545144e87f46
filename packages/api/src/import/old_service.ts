import { type Database, INT32_MAX } from '@taskwire/db'
import { conversationTable, messageTable } from './chat_tables.ts'
import { insertRows } from './insert_rows.ts'
import type { OldRow } from './old_row.ts'
import { type Mapping, oldColumns, type OldTable, unusedColumns } from './old_table.ts'
import { taskTable } from './task_table.ts'

export interface Copied {
  readonly table: 'task' | 'conversation' | 'message'
  copied: number
  /** Rows that exist already, from an earlier run. */
  present: number
  /** One line per row that could not be imported, with the reason. */
  readonly refused: string[]
  /** Adjustments made to imported rows: the note and the number of rows. */
  readonly notes: Map<string, number>
  /** Columns of the old table that are not imported, each with the number of rows that have a value in it. */
  readonly unused: ReadonlyMap<string, number>
}

// Messages come last: each needs its conversation.
const tables = [taskTable, conversationTable, messageTable]

const BATCH = 500

/**
 * Copies the tables of the old service that exist in `public`, keeping ids and times. Rows that were copied before are
 * left as they are, so it can be repeated. Throws if `public.task` does not belong to the old service.
 */
export async function copyOldService(pool: Database['pool']): Promise<Copied[]> {
  const results: Copied[] = []
  for (const table of tables) {
    const columns = await oldColumns(pool, table.name)
    if (columns.size === 0) continue
    const missing = table.requires.filter((column) => !columns.has(column))
    if (missing.length > 0) {
      throw new Error(`public.${table.name} is not the old service's: it has no column ${missing.join(', ')}`)
    }
    const mapping = table.mapping(columns)
    const others = [...columns.keys()].filter((column) => !mapping.imports.includes(column))
    const unused = await unusedColumns(pool, table.name, others)
    results.push(await copyTable(pool, { table, mapping, unused }))
  }
  return results
}

interface TableCopy {
  readonly table: OldTable
  readonly mapping: Mapping
  readonly unused: Copied['unused']
}

async function copyTable(pool: Database['pool'], { table: { name }, mapping, unused }: TableCopy): Promise<Copied> {
  const result: Copied = { table: name, copied: 0, present: 0, refused: [], notes: new Map(), unused }
  // Before the rows: a running server must not assign an id that is about to be imported.
  await pool.query(`SELECT setval('taskwire.${name}_id_seq', highest) FROM
    (SELECT least(max(id), ${INT32_MAX}) AS highest FROM public.${name}) AS old
    WHERE highest > (SELECT last_value FROM taskwire.${name}_id_seq)`)
  const select = ['id', 'user_id', ...mapping.select].join(', ')
  for (let after: unknown = null; ;) {
    const { rows } = await pool.query<OldRow>(
      `SELECT ${select} FROM public.${name} AS old WHERE $1::int IS NULL OR id > $1 ORDER BY id LIMIT ${BATCH}`,
      [after],
    )
    if (rows.length === 0) return result
    after = rows.at(-1)?.id
    await copyBatch(pool, { mapping, rows, result })
  }
}

interface Batch {
  readonly mapping: Mapping
  readonly rows: readonly OldRow[]
  readonly result: Copied
}

async function copyBatch(pool: Database['pool'], { mapping, rows, result }: Batch): Promise<void> {
  const refuse = (id: unknown, reason: string) => result.refused.push(`${result.table} ${String(id)}: ${reason}`)
  const imported: { id: unknown; row: Readonly<Record<string, unknown>>; notes: readonly string[] }[] = []
  for (const old of rows) {
    const outcome = mapping.rowOf(old)
    if ('refused' in outcome) refuse(old.id, outcome.refused)
    else imported.push({ id: old.id, ...outcome })
  }
  const outcomes = await insertRows(pool, {
    table: result.table,
    columns: mapping.sets,
    rows: imported.map(({ row }) => row),
  })
  for (const { id, notes } of imported) {
    const outcome = outcomes.get(Number(id))
    if (outcome === 'copied') {
      result.copied++
      for (const note of notes) result.notes.set(note, (result.notes.get(note) ?? 0) + 1)
    } else if (outcome === 'present') result.present++
    else if (outcome !== undefined) refuse(id, outcome.refused)
  }
}
