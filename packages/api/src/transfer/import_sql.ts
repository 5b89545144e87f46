import type { Statement } from '@taskwire/db'

/** Numbers of the sequence that gives tasks their ids, in ascending order. */
export function newIds(count: number): Statement {
  return {
    text: `SELECT nextval('taskwire.task_id_seq')::int AS id FROM generate_series(1, $1::int) ORDER BY id`,
    values: [count],
  }
}

/**
 * The tasks that earlier imports created, as far as they were not undone: the undo of an import lets its file be
 * imported again.
 */
export function importedBefore(user_id: string, fingerprints: readonly string[]): Statement {
  return {
    text: `SELECT fingerprint FROM taskwire.imported_task AS known
      WHERE user_id = $1 AND fingerprint = ANY($2::text[]) AND NOT EXISTS (
        SELECT FROM taskwire.change AS undo
        JOIN taskwire.change AS made ON made.user_id = undo.user_id AND made.seq = undo.undoes AND made.kind = 'created'
        WHERE undo.user_id = $1 AND undo.task_id = known.task_id AND undo.kind = 'deleted' AND NOT EXISTS (
          SELECT FROM taskwire.change AS later
          WHERE later.user_id = $1 AND later.task_id = known.task_id AND later.seq > undo.seq))`,
    values: [user_id, fingerprints],
  }
}

/** When the tasks with these ids were created, as `taskOutput` has it. Those in the trash are among them. */
export function creationTimes(user_id: string, ids: readonly number[]): Statement {
  return {
    text: `SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at
      FROM taskwire.task WHERE user_id = $1 AND id = ANY($2::int[])`,
    values: [user_id, ids],
  }
}

const columns = [
  'id',
  'title',
  'description',
  'completed',
  'created_at',
  'updated_at',
  'completed_at',
  'priority',
  'tags',
  'due_date',
  'due_time',
  'due_zone',
  'due_at',
  'start_date',
  'reminders',
  'recurrence',
  'checklist',
  'series_id',
  'next_task_id',
  'changed_via',
  'changed_actor',
  'changed_key',
  'changed_request',
  'changed_conversation_id',
  'changed_batch',
] as const

/** A row of the table, with its metadata. */
export type NewTask = Readonly<Record<(typeof columns)[number], unknown>>

/** Inserts tasks in the order of their ids, and remembers what they were imported from. */
export function insertTasks(
  user_id: string,
  tasks: readonly { readonly row: NewTask; readonly fingerprint: string }[],
): Statement {
  const names = columns.join(', ')
  return {
    text: `WITH made AS (
        INSERT INTO taskwire.task (user_id, ${names})
        SELECT $1, ${names} FROM jsonb_populate_recordset(NULL::taskwire.task, $2::jsonb) ORDER BY id
      )
      INSERT INTO taskwire.imported_task (user_id, fingerprint, task_id)
      SELECT $1, fingerprint, task_id FROM unnest($3::text[], $4::int[]) AS new (fingerprint, task_id)
      ON CONFLICT (user_id, fingerprint) DO UPDATE SET task_id = excluded.task_id`,
    values: [
      user_id,
      JSON.stringify(tasks.map(({ row }) => row)),
      tasks.map(({ fingerprint }) => fingerprint),
      tasks.map(({ row }) => row.id),
    ],
  }
}

/** What was imported as trash: a task cannot be created in the trash. */
export interface Trashed {
  readonly id: number
  readonly deleted_at: string
}

export function trashTasks(
  user_id: string,
  tasks: readonly Trashed[],
  { changed_via, changed_actor, changed_batch }: Pick<NewTask, 'changed_via' | 'changed_actor' | 'changed_batch'>,
): Statement {
  return {
    text: `UPDATE taskwire.task SET deleted_at = trashed.at, changed_via = $4, changed_actor = $5, changed_batch = $6
      FROM unnest($2::int[], $3::timestamptz[]) AS trashed (task_id, at)
      WHERE user_id = $1 AND id = trashed.task_id`,
    values: [
      user_id,
      tasks.map(({ id }) => id),
      tasks.map(({ deleted_at }) => deleted_at),
      changed_via,
      changed_actor,
      changed_batch,
    ],
  }
}
