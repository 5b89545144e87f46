import { type Database, databaseErrorCode } from '@taskwire/db'
import { DELETED_USER, type OldTable } from './old_table.ts'

/** What became of a row: `copied`, `present` from an earlier run, or the reason why it was not inserted. */
export type Outcome = 'copied' | 'present' | { readonly refused: string }

type Row = Readonly<Record<string, unknown>>

export interface NewRows {
  readonly table: OldTable['name']
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/**
 * Inserts rows in one statement. If the database refuses a value that the schema allows, the others are inserted without
 * that row. Returns what became of each row by its id.
 */
export async function insertRows(pool: Database['pool'], { rows, ...target }: NewRows): Promise<Map<number, Outcome>> {
  try {
    return await insert(pool, { rows, ...target })
  } catch (error) {
    if (!(error instanceof Error) || !isRefusedValue(error)) throw error
    if (rows.length === 1) return new Map([[Number(rows[0]?.['id']), { refused: error.message }]])
    const half = Math.ceil(rows.length / 2)
    const first = await insertRows(pool, { ...target, rows: rows.slice(0, half) })
    const second = await insertRows(pool, { ...target, rows: rows.slice(half) })
    return new Map([...first, ...second])
  }
}

/** A value that does not fit its column, or violates a constraint: the SQLSTATE classes 22 and 23. */
function isRefusedValue(error: Error): boolean {
  return /^2[23]/.test(databaseErrorCode(error) ?? '')
}

const reasons = {
  id_conflict: 'its user has created another one with this id here since',
  deleted: DELETED_USER,
  orphan: 'its conversation is not here, or belongs to another user',
}

/** Uses WHERE NOT EXISTS, because with ON CONFLICT the trigger would already have logged a change. */
async function insert(pool: Database['pool'], { table, columns, rows }: NewRows): Promise<Map<number, Outcome>> {
  const orphan = `NOT EXISTS (SELECT FROM taskwire.conversation AS c WHERE (c.user_id, c.id) = (n.user_id, n.conversation_id))`
  const deleted = `EXISTS (SELECT FROM taskwire.revocation AS r WHERE (r.kind, r.id) = ('user', n.user_id))
    AND NOT EXISTS (SELECT FROM taskwire.user AS u WHERE u.id = n.user_id)`
  const list = columns.join(', ')
  const sql = `
    WITH new AS (SELECT * FROM jsonb_populate_recordset(NULL::taskwire.${table}, $1)),
    -- A row's creation time never changes: an equal one means the same row, even if it was changed since.
    judged AS (SELECT n.id, CASE
        WHEN here.id IS NULL AND ${deleted} THEN 'deleted'
        WHEN here.id IS NULL AND ${table === 'message' ? orphan : 'false'} THEN 'orphan'
        WHEN here.id IS NULL THEN 'copied'
        WHEN here.created_at = n.created_at THEN 'present'
        ELSE 'id_conflict' END AS outcome
      FROM new AS n LEFT JOIN taskwire.${table} AS here ON (here.user_id, here.id) = (n.user_id, n.id)),
    done AS (INSERT INTO taskwire.${table} (${list})
      SELECT ${list} FROM new WHERE id IN (SELECT id FROM judged WHERE outcome = 'copied') ORDER BY id)
    SELECT id, outcome FROM judged`
  const found = await pool.query<{ id: number; outcome: 'copied' | 'present' | keyof typeof reasons }>(sql, [
    JSON.stringify(rows),
  ])
  return new Map(
    found.rows.map(({ id, outcome }) => [
      id,
      outcome === 'copied' || outcome === 'present' ? outcome : { refused: reasons[outcome] },
    ]),
  )
}
