import { taskPage, type TimedQuery } from '../src/task/sql.ts'
import { momentAt } from '../src/task/moment.ts'
import type { CursorPart } from '../src/core/services.ts'
import type { TestServices } from './services.ts'

type Pool = TestServices['database']['pool']

const NOW = new Date('2026-11-21T12:00:00Z')

/**
 * Tasks of one user as their life brings them: a third is completed, half have a due date within ten years before or
 * after `NOW`, one in a thousand has a rare tag. Written without the log, which has no part in plans.
 */
export async function fillTasks(pool: Pool, user_id: string, count: number): Promise<void> {
  await pool.query('ALTER TABLE taskwire.task DISABLE TRIGGER USER')
  // In parts, because a statement and the wait for it have time limits.
  for (let filled = 0; filled < count; filled += PART) {
    await pool.query(
      `INSERT INTO taskwire.task (user_id, title, completed, created_at, tags, due_date, due_time, open_due)
       SELECT $1, 'task ' || n, done, $4::timestamptz - n * interval '20 seconds',
         CASE WHEN n % 1000 = 7 THEN '{rare,home}'::text[] WHEN n % 3 = 0 THEN '{home}'::text[] ELSE '{}' END,
         due, CASE WHEN n % 6 = 0 AND due IS NOT NULL THEN '09:30' END, CASE WHEN NOT done THEN due END
       FROM (
         SELECT n, hashint4(n) % 3 = 0 AS done,
           CASE WHEN hashint4(n + 1) % 2 = 0 THEN $4::date + hashint4(n + 2) % 3653 END AS due
         FROM generate_series($2::int, $3::int) n) made`,
      [user_id, filled + 1, Math.min(filled + PART, count), NOW.toISOString()],
    )
  }
  await pool.query('ALTER TABLE taskwire.task ENABLE TRIGGER USER')
  await pool.query('ANALYZE taskwire.task')
}

const PART = 5000

const plain: TimedQuery = {
  trash: false,
  completed: undefined,
  search: '',
  sort: 'due_date',
  order: 'asc',
  moment: momentAt(NOW, 'Europe/Berlin'),
}

/** The lists that have an index of their own, and its name. */
export const views: readonly [name: string, query: TimedQuery, index: string][] = [
  ['overdue', { ...plain, completed: false, due: 'overdue' }, 'task_open_due_idx'],
  ['overdue, the latest first', { ...plain, completed: false, due: 'overdue', order: 'desc' }, 'task_open_due_idx'],
  ['today', { ...plain, completed: false, due: 'today' }, 'task_open_due_idx'],
  ['upcoming', { ...plain, completed: false, due: 'upcoming' }, 'task_open_due_idx'],
  [
    'a range of days',
    { ...plain, completed: false, due_from: '2026-12-01', due_to: '2026-12-31' },
    'task_open_due_idx',
  ],
]

interface PlanNode {
  readonly 'Index Name'?: string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly PlanNode[]
}

/** Which indexes a page reads, how many buffers, and in how many milliseconds. */
export async function planOf(pool: Pool, user_id: string, query: TimedQuery, position?: readonly CursorPart[]) {
  const { text, values } = taskPage(user_id, query, { position, limit: 51 })
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`,
    [...values],
  )
  const [explained] = rows[0]?.['QUERY PLAN'] ?? []
  if (explained === undefined) throw new Error('EXPLAIN returned no plan')
  const { Plan: plan, 'Execution Time': ms } = explained
  return { indexes: indexesOf(plan), buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], ms }
}

function indexesOf(node: PlanNode): string[] {
  return [node['Index Name'] ?? [], (node.Plans ?? []).flatMap(indexesOf)].flat()
}

/** The position in a view after this many of its tasks. */
export async function positionAfter(pool: Pool, user_id: string, count: number): Promise<CursorPart[]> {
  const { rows } = await pool.query<{ day: string; time: string; id: number }>(
    `SELECT open_due::text AS day, coalesce(due_time, '24:00') AS time, id FROM taskwire.task
     WHERE user_id = $1 AND open_due IS NOT NULL
     ORDER BY open_due, coalesce(due_time, '24:00') COLLATE "C", id OFFSET $2 LIMIT 1`,
    [user_id, count - 1],
  )
  return rows.flatMap(({ day, time, id }) => [day, time, id])
}
