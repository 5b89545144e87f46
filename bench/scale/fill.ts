import type { ClientBase } from 'pg'
import { descriptionSql, RARE, titleSql } from './words.ts'

/** The user with many tasks, and the number of other users. */
export const BIG = 'bench-big'
const SMALL_USERS = 5000
const SMALL_TASKS = 20

/**
 * Gives one user the requested number of tasks, and one change for each, as if they had been created one after the
 * other over 40 days, and some thousand users 20 each. The log is written here and not by its trigger. The search
 * index is omitted; the statement that creates it is returned, if there is one.
 */
export async function fillScale(client: ClientBase, tasks: number): Promise<string | undefined> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT indexdef AS definition FROM pg_indexes WHERE indexname = 'task_search_idx'`,
  )
  await client.query('BEGIN')
  await client.query('DROP INDEX IF EXISTS taskwire.task_search_idx')
  await client.query('ALTER TABLE taskwire.task DISABLE TRIGGER task_change')
  await client.query(fillBig, [BIG, tasks])
  await client.query(fillSmall, [SMALL_USERS, SMALL_TASKS])
  await client.query(fillLog)
  await client.query(
    'INSERT INTO taskwire.change_counter SELECT user_id, max(seq) FROM taskwire.change GROUP BY user_id',
  )
  await client.query('ALTER TABLE taskwire.task ENABLE TRIGGER task_change')
  await client.query('COMMIT')
  await client.query('VACUUM ANALYZE taskwire.task, taskwire.change, taskwire.change_counter')
  return rows[0]?.definition
}

// One in four is pending, one in a thousand in the trash.
const fillBig = `
  INSERT INTO taskwire.task (user_id, title, description, completed, created_at, updated_at, deleted_at)
  SELECT $1, ${titleSql}, ${descriptionSql} || CASE WHEN n % ($2 / 5) = 77 THEN ' ${RARE}' ELSE '' END, n % 4 <> 0, at,
    at + make_interval(secs => n * 7919::bigint % 86400), CASE WHEN n % 1000 = 5 THEN now() END
  FROM generate_series(1, $2::int) n, LATERAL (SELECT now() - interval '40 days' * (($2 - n) / $2::float8) AS at) time`

const fillSmall = `
  INSERT INTO taskwire.task (user_id, title, description)
  SELECT 'bench-small-' || u, ${titleSql}, ${descriptionSql}
  FROM generate_series(1, $1::int) u, LATERAL (SELECT t + u * $2 AS n FROM generate_series(1, $2::int) t) number`

const fillLog = `
  INSERT INTO taskwire.change (user_id, seq, task_id, kind, after, via, created_at)
  SELECT user_id, row_number() OVER (PARTITION BY user_id ORDER BY id), id, 'created',
    to_jsonb(task) - ('{deleted_at,open_series,changed_via,changed_actor,changed_key,changed_request,changed_conversation_id,'
      'changed_undoes,changed_part_of,changed_batch}')::text[],
    'rest', created_at
  FROM taskwire.task`
