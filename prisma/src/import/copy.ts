import type { Pool } from 'pg'
import { type OldRow, translatedConversation, translatedMessage, translatedTask, type Translated } from './rows.ts'
import { INT32_MAX } from '../limits.ts'

export type Copied = {
  table: string
  copied: number
  /** Rows that exist already, from an earlier run. */
  present: number
  /** One line per row that could not be imported, with the reason. */
  refused: string[]
  /** Adjustments made to imported rows: the note and the number of rows. */
  notes: Map<string, number>
}

type Table = {
  name: 'task' | 'conversation' | 'message'
  columns: string
  needs: string[]
  read: string
  translated: (old: OldRow) => Translated
}

// Times without a zone are UTC, as is the session: the cast is right for either kind of column.
const tables: Table[] = [
  {
    name: 'task',
    columns: 'user_id, id, title, description, completed, created_at, updated_at',
    needs: ['id', 'user_id', 'title', 'description', 'completed', 'created_at', 'updated_at'],
    read: 'title, description, completed, created_at::timestamptz::text, updated_at::timestamptz::text',
    translated: translatedTask,
  },
  {
    name: 'conversation',
    columns: 'user_id, id, title, created_at, updated_at',
    needs: ['id', 'user_id', 'created_at', 'updated_at'],
    read: `to_jsonb(old) ->> 'title' AS title, created_at::timestamptz::text, updated_at::timestamptz::text,
      (SELECT left(content, 400) FROM public.message WHERE conversation_id = old.id AND role = 'user' ORDER BY id LIMIT 1)
        AS first_message`,
    translated: translatedConversation,
  },
  {
    name: 'message',
    columns: 'user_id, id, conversation_id, role, content, created_at',
    needs: ['id', 'user_id', 'conversation_id', 'role', 'content', 'created_at'],
    read: 'conversation_id, role, content, created_at::timestamptz::text, NULL AS updated_at',
    translated: translatedMessage,
  },
]

const BATCH = 500

/**
 * Copies the tables of the old service that exist in `public`, keeping ids and times. Rows that were copied before are
 * left as they are, so it can be repeated. Throws if `public.task` does not belong to the old service.
 */
export async function copyOldService(pool: Pool): Promise<Copied[]> {
  const results: Copied[] = []
  for (const table of tables) {
    if (await isOldTable(pool, table)) results.push(await copyTable(pool, table))
  }
  return results
}

async function isOldTable(pool: Pool, { name, needs }: Table): Promise<boolean> {
  const sql = `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`
  const { rows } = await pool.query<{ name: string }>(sql, [name])
  if (rows.length === 0) return false
  const missing = needs.filter((column) => !rows.some((row) => row.name === column))
  if (missing.length === 0) return true
  throw new Error(`public.${name} is not the old service's: it has no column ${missing.join(', ')}`)
}

async function copyTable(pool: Pool, table: Table): Promise<Copied> {
  const result: Copied = { table: table.name, copied: 0, present: 0, refused: [], notes: new Map() }
  // Before the rows: a running server must not assign an id that is about to be imported.
  await pool.query(`SELECT setval('taskwire.${table.name}_id_seq', highest) FROM
    (SELECT least(max(id), ${INT32_MAX}) AS highest FROM public.${table.name}) AS old
    WHERE highest > (SELECT last_value FROM taskwire.${table.name}_id_seq)`)
  for (let after: unknown = null; ;) {
    const { rows } = await pool.query<OldRow>(
      `SELECT id, user_id, ${table.read} FROM public.${table.name} AS old WHERE $1::int IS NULL OR id > $1 ORDER BY id LIMIT ${BATCH}`,
      [after],
    )
    if (rows.length === 0) return result
    after = rows.at(-1)?.id
    await copyBatch(pool, table, rows, result)
  }
}

async function copyBatch(pool: Pool, table: Table, rows: OldRow[], result: Copied): Promise<void> {
  const taken: { id: unknown; notes: string[]; row: Record<string, unknown> }[] = []
  for (const old of rows) {
    const answer = table.translated(old)
    if ('refused' in answer) result.refused.push(`${table.name} ${String(old.id)}: ${answer.refused}`)
    else taken.push({ id: old.id, notes: answer.notes ?? [], row: answer.row })
  }
  const outcomes = await insert(
    pool,
    table,
    taken.map(({ row }) => row),
  )
  for (const { id, notes } of taken) {
    const outcome = outcomes.get(Number(id))
    if (outcome === 'copied') {
      result.copied++
      for (const note of notes) result.notes.set(note, (result.notes.get(note) ?? 0) + 1)
    } else if (outcome === 'present') result.present++
    else result.refused.push(`${table.name} ${String(id)}: ${outcome === 'id_conflict' ? TAKEN : NO_CONVERSATION}`)
  }
}

const TAKEN = 'its user has created another one with this id here since'
const NO_CONVERSATION = 'its conversation is not here, or belongs to another user'

type Outcome = 'copied' | 'present' | 'id_conflict' | 'orphan'

/** Uses WHERE NOT EXISTS, because with ON CONFLICT the trigger would already have logged a change. */
async function insert(
  pool: Pool,
  { name, columns }: Table,
  rows: Record<string, unknown>[],
): Promise<Map<number, Outcome>> {
  const orphan = `NOT EXISTS (SELECT FROM taskwire.conversation AS c WHERE (c.user_id, c.id) = (n.user_id, n.conversation_id))`
  const sql = `
    WITH new AS (SELECT * FROM jsonb_populate_recordset(NULL::taskwire.${name}, $1)),
    -- A row's creation time never changes: an equal one means the same row, even if it was changed since.
    judged AS (SELECT n.id, CASE
        WHEN here.id IS NULL AND ${name === 'message' ? orphan : 'false'} THEN 'orphan'
        WHEN here.id IS NULL THEN 'copied'
        WHEN here.created_at = n.created_at THEN 'present'
        ELSE 'id_conflict' END AS outcome
      FROM new AS n LEFT JOIN taskwire.${name} AS here ON (here.user_id, here.id) = (n.user_id, n.id)),
    done AS (INSERT INTO taskwire.${name} (${columns})
      SELECT ${columns} FROM new WHERE id IN (SELECT id FROM judged WHERE outcome = 'copied') ORDER BY id)
    SELECT id, outcome FROM judged`
  const found = await pool.query<{ id: number; outcome: Outcome }>(sql, [JSON.stringify(rows)])
  return new Map(found.rows.map(({ id, outcome }) => [id, outcome]))
}
