import { newUser, testServices } from '../../testing/services.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CursorPart } from '../core/services.ts'
import type { Task } from './schema.ts'
import { taskPage, type ListQuery } from './sql.ts'
import { taskToggle } from './write_sql.ts'

const api = await testServices()
afterAll(api.close)

const user_id = newUser()
const LIVE = 300
const TRASHED = 3000

beforeAll(async () => {
  const { db } = api.services
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  await db.$executeRaw`
    INSERT INTO taskwire.task (user_id, title, created_at, deleted_at)
    SELECT ${user_id}, 'task ' || n, now() - n * interval '1 second', CASE WHEN n > ${LIVE}::int THEN now() END
    FROM generate_series(1, ${LIVE + TRASHED}::int) n`
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  await db.$executeRaw`ANALYZE taskwire.task`
})

const plain: ListQuery = { trash: false, completed: undefined, search: '', sort: 'created_at', order: 'desc' }

interface Page {
  readonly owner?: string
  readonly position?: readonly CursorPart[] | undefined
}

/** How many rows a page's scans read, those that a filter removed included. */
async function rowsRead(query: ListQuery, limit: number, { owner = user_id, position }: Page = {}): Promise<number> {
  const { text, values } = taskPage(owner, query, { position, limit })
  const { rows } = await api.database.pool.query<{ 'QUERY PLAN': string }>({
    text: `EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) ${text}`,
    values,
  })
  return rows
    .map((row) => /(?:Scan.*actual rows=|Rows Removed by Filter: )([\d.]+)/.exec(row['QUERY PLAN'])?.[1] ?? 0)
    .reduce((sum: number, count) => sum + Number(count), 0)
}

test.each([
  ['the newest', plain],
  ['the oldest', { ...plain, order: 'asc' }],
  ['by title', { ...plain, sort: 'title', order: 'asc' }],
  ['by title, descending', { ...plain, sort: 'title' }],
] satisfies [string, ListQuery][])('a page of live tasks reads nothing in the trash: %s', async (_, query) => {
  expect(taskPage(user_id, query, { position: undefined, limit: 21 }).pipeline).toBe('reads')
  // A subquery scan shows the rows of the index scan once more.
  expect(await rowsRead(query, 21)).toBeLessThanOrEqual(3 * 21)
})

test('a page in the manual order reads only as many tasks as it shows, moved ones and others', async () => {
  const { db, sql } = api.services
  const owner = newUser()
  await db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  await db.$executeRaw`
    INSERT INTO taskwire.task (user_id, title, position)
    SELECT ${owner}, 'task ' || n, CASE WHEN n % 4 = 0 THEN 'a' || lpad(to_hex(n * 1000), 8, '0') || '8-1' END
    FROM generate_series(1, 5000) n`
  await db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  await db.$executeRaw`ANALYZE taskwire.task`
  for (const order of ['asc', 'desc'] as const) {
    const query = { ...plain, sort: 'position', order } as const
    const [first] = await sql<{ items: Task[] }>(taskPage(owner, query, { position: undefined, limit: 21 }))
    const last = first?.items.at(-1)
    for (const position of [undefined, [last?.position ?? '', last?.id ?? 0]]) {
      expect(await rowsRead(query, 21, { owner, position })).toBeLessThanOrEqual(5 * 21)
    }
  }
})

test('a page of the trash reads no live task', async () => {
  expect(await rowsRead({ ...plain, trash: true }, 21)).toBeLessThanOrEqual(3 * 21)
})

test.each([
  ['the trash', { ...plain, trash: true }],
  ['a filter', { ...plain, completed: true }],
  ['a search', { ...plain, search: 'x' }],
  ['the order by updated_at', { ...plain, sort: 'updated_at' }],
] satisfies [string, ListQuery][])('%s shares no connection with short statements', (_, query) => {
  expect(taskPage(user_id, query, { position: undefined, limit: 21 }).pipeline).toBeUndefined()
})

test.each([
  ['without a due date touches no index', { title: 'x', tags: ['home'] }, 5],
  ['with a due date is entered into the indexes', { title: 'x', due_date: '2026-12-01' }, 0],
])('a toggle of a task %s', async (_, fields, hot) => {
  const owner = newUser()
  const { id } = await api.caller(owner).task.create(fields)
  const metadata = {
    changed_via: 'rest',
    changed_actor: null,
    changed_key: null,
    changed_request: null,
    changed_conversation_id: null,
    changed_batch: null,
  }
  // A session reports what it did by itself only after a while.
  const client = await api.database.pool.connect()
  const updates = async () => {
    await client.query('SELECT pg_stat_force_next_flush()')
    const { rows } = await client.query<{ all: number; hot: number }>(
      `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables
        WHERE relid = 'taskwire.task'::regclass`,
    )
    return rows[0] ?? { all: 0, hot: 0 }
  }
  const before = await updates()
  const { text, values } = taskToggle({ user_id: owner, id, versions: undefined }, metadata)
  for (let turn = 0; turn < 5; turn++) await client.query(text, [...values])
  const after = await updates()
  client.release()
  expect({ all: after.all - before.all, hot: after.hot - before.hot }).toEqual({ all: 5, hot })
})
