import type { Sql } from '@taskwire/db'

/** A task that was noted to be planned, and what its reminders follow from. */
export interface UnplannedTask extends Note {
  /** Whether it exists, is pending and is not in the trash. */
  readonly is_open: boolean
  readonly due_date: string | null
  readonly due_time: string | null
  readonly due_zone: string | null
  readonly reminders: string[] | null
  readonly time_zone: string | null
  readonly remind_time: string | null
}

interface Note {
  readonly user_id: string
  readonly task_id: number
  /** How long ago the task was changed, by the database's clock. */
  readonly age_ms: number
}

/**
 * Takes tasks off the list of those to plan, except those that others hold. A write that changes one of them waits for the
 * commit and then notes it again.
 */
export async function takeUnplanned(sql: Sql, user_id: string | null, limit: number): Promise<UnplannedTask[]> {
  const notes = await sql<Note>({ text: takeNotes, values: [user_id, limit] })
  if (notes.length === 0) return []
  const users = notes.map((note) => note.user_id)
  const tasks = notes.map(({ task_id }) => task_id)
  const ages = notes.map(({ age_ms }) => age_ms)
  // A separate statement gets a newer snapshot. In one, a write that commits while it runs would lose its note, and the
  // task be planned as it was before.
  return sql<UnplannedTask>({ text: notedTasks, values: [users, tasks, ages] })
}

const takeNotes = `
  DELETE FROM taskwire.unplanned_task WHERE (user_id, task_id) IN (
    SELECT user_id, task_id FROM taskwire.unplanned_task WHERE $1::text IS NULL OR user_id = $1
    ORDER BY user_id, task_id LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING user_id, task_id, (extract(epoch FROM clock_timestamp() - changed_at) * 1000)::float8 AS age_ms`

const notedTasks = `
  SELECT note.user_id, task_id, age_ms, task.id IS NOT NULL AS is_open, to_char(due_date, 'YYYY-MM-DD') AS due_date,
    due_time, due_zone, reminders, time_zone, remind_time
  FROM unnest($1::text[], $2::int[], $3::float8[]) AS note (user_id, task_id, age_ms)
    LEFT JOIN taskwire.settings ON settings.user_id = note.user_id
    LEFT JOIN taskwire.task ON task.user_id = note.user_id AND task.id = task_id AND NOT completed AND deleted_at IS NULL`

// One at a time: a batch notes its tasks in any order, so whoever holds one note and waits for another may wait for ever.
const lockNote = `SELECT FROM taskwire.unplanned_task WHERE user_id = $1 ORDER BY task_id LIMIT 1 FOR UPDATE`

/** Locks a task of a user that is to be planned, after those that others are planning. Returns whether there was one. */
export async function waitForNote(sql: Sql, user_id: string): Promise<boolean> {
  return (await sql({ text: lockNote, values: [user_id] })).length > 0
}
