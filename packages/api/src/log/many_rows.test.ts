import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'

// Statements and transactions with many changes, as imports and operators make them. `taskwire.next_seq` counts them.

const api = await testServices()
afterAll(api.close)

const connect = () => api.database.pool.connect()
type Connection = Awaited<ReturnType<typeof connect>>

let client: Connection
beforeEach(async () => {
  client = await connect()
})
afterEach(() => client.release())

const insertion = `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'task ' || n FROM generate_series(1, $2::int) n`

/** What the log and the counter of a user say to everybody else. */
async function logOf(user_id: string) {
  const { rows } = await api.database.pool.query<Record<'changes' | 'distinct' | 'last' | 'counter', number>>(
    `SELECT count(*)::int AS changes, count(DISTINCT seq)::int AS distinct, coalesce(max(seq), 0) AS last,
       (SELECT seq FROM taskwire.change_counter WHERE user_id = $1 AND NOT behind) AS counter
     FROM taskwire.change WHERE user_id = $1`,
    [user_id],
  )
  return rows[0]
}

/** How often a statement updates counters. */
async function counterWrites(write: () => Promise<unknown>): Promise<number> {
  const updates = async () => {
    // A session reports what it did by itself only after a while.
    await client.query('SELECT pg_stat_force_next_flush()')
    const { rows } = await client.query<{ count: number }>(
      `SELECT n_tup_upd::int AS count FROM pg_stat_user_tables WHERE relid = 'taskwire.change_counter'::regclass`,
    )
    return rows[0]?.count ?? NaN
  }
  const before = await updates()
  await write()
  return (await updates()) - before
}

/** The log and the counter of a user with this many changes, without a gap. */
const complete = (changes: number) => ({ changes, distinct: changes, last: changes, counter: changes })

test('a statement writes the counter of a user twice, whether it has 3 rows or 30,000', async () => {
  const user_id = newUser()
  // Each write leaves a dead version that the next one has to pass: 30,000 of them took half a minute.
  await client.query(`SET statement_timeout = '100s'`)
  expect(await counterWrites(() => client.query(insertion, [newUser(), 3]))).toBe(2)
  expect(await counterWrites(() => client.query(insertion, [user_id, 30_000]))).toBe(2)
  await client.query('UPDATE taskwire.task SET completed = true WHERE user_id = $1 AND title LIKE $2', [user_id, '%7'])
  expect(await logOf(user_id)).toEqual(complete(33_000))
  const { rows } = await client.query(
    `SELECT count(*)::int AS unordered FROM (
       SELECT task_id < lag(task_id) OVER (ORDER BY seq) AS late FROM taskwire.change WHERE user_id = $1 AND kind = 'created'
     ) created WHERE late`,
    [user_id],
  )
  expect(rows).toEqual([{ unordered: 0 }])
  await client.query('RESET statement_timeout')
})

test('a statement over several users, one row after the other, counts each by itself', async () => {
  const users = [newUser(), newUser(), newUser()]
  await client.query(
    `INSERT INTO taskwire.task (user_id, title)
     SELECT ($1::text[])[1 + n % 3], 'task ' || n FROM generate_series(1, 300) n`,
    [users],
  )
  for (const user_id of users) expect(await logOf(user_id)).toEqual(complete(100))
})

test('statements of one transaction count on from each other', async () => {
  const [one, other] = [newUser(), newUser()]
  await client.query('BEGIN')
  for (let turn = 0; turn < 3; turn++) {
    await client.query(insertion, [one, 5])
    await client.query(insertion, [other, 2])
    await client.query('UPDATE taskwire.task SET completed = NOT completed WHERE user_id = $1', [one])
  }
  await client.query('COMMIT')
  expect(await logOf(one)).toEqual(complete(45))
  expect(await logOf(other)).toEqual(complete(6))
  await client.query(insertion, [one, 1])
  expect(await logOf(one)).toEqual(complete(46))
})

test('a savepoint that is rolled back leaves no gap', async () => {
  const user_id = newUser()
  const added = newUser()
  await client.query('BEGIN')
  await client.query('SAVEPOINT first')
  await client.query(insertion, [user_id, 3])
  await client.query('ROLLBACK TO first')
  await client.query(insertion, [user_id, 1])
  await client.query('SAVEPOINT second')
  await client.query(insertion, [user_id, 10])
  await client.query(insertion, [added, 2])
  await client.query('ROLLBACK TO second')
  await client.query(insertion, [user_id, 2])
  await client.query('SAVEPOINT third')
  await client.query(insertion, [user_id, 2])
  await client.query('RELEASE third')
  await client.query('COMMIT')
  expect(await logOf(user_id)).toEqual(complete(5))
  expect(await logOf(added)).toMatchObject({ changes: 0, counter: null })
})

test('a transaction that fails leaves nothing, and the connection counts anew', async () => {
  const user_id = newUser()
  await client.query(insertion, [user_id, 2])
  const failing = `${insertion} UNION ALL SELECT $1, NULL`
  await expect(client.query(failing, [user_id, 5])).rejects.toMatchObject({ code: '23502' })
  await client.query(insertion, [user_id, 1])
  expect(await logOf(user_id)).toEqual(complete(3))
})

test('a transaction with many changes and single writes of the same user wait for each other', async () => {
  const user_id = newUser()
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'Milk' })
  await client.query('BEGIN')
  await client.query(insertion, [user_id, 1])
  const writes = Promise.all(Array.from({ length: 5 }, () => api.caller(user_id).task.toggle({ task_id })))
  await blocked(client)
  await client.query(insertion, [user_id, 20])
  await client.query('COMMIT')
  await writes
  expect(await logOf(user_id)).toEqual(complete(27))
  const { changes, has_more } = await api.caller(user_id).change.list({ since: 0 })
  expect({ seqs: changes.map(({ seq }) => seq), has_more }).toEqual({
    seqs: Array.from({ length: 27 }, (_, n) => n + 1),
    has_more: false,
  })
})

test.each([1, 3])('a transaction that deletes a user after %i changes and writes on begins a log', async (changes) => {
  const user_id = newUser()
  await client.query(`INSERT INTO taskwire.user (id, name, email, "updatedAt") VALUES ($1, 'Ann', $2, now())`, [
    user_id,
    `${user_id}@example.com`,
  ])
  await client.query('BEGIN')
  await client.query(insertion, [user_id, changes])
  await client.query('DELETE FROM taskwire.user WHERE id = $1', [user_id])
  await client.query(insertion, [user_id, 2])
  await client.query('COMMIT')
  const log = await logOf(user_id)
  expect(log).toMatchObject({ changes: 2, distinct: 2 })
  expect(log?.counter).toBe(log?.last)
})

/** Resolves once another session waits for a lock that `holder` has. */
async function blocked(holder: Connection): Promise<void> {
  for (;;) {
    const { rows } = await holder.query<{ waits: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))) AS waits`,
    )
    if (rows[0]?.waits === true) return
  }
}
