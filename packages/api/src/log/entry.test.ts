import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)
const { pool } = api.database

/** The user's only task as the log has to store it. */
async function row(user_id: string): Promise<object> {
  const { rows } = await pool.query<{ row: object; description: string | null }>(
    `SELECT jsonb_strip_nulls(to_jsonb(task) - ARRAY['open_series', 'open_due']) AS row, description
     FROM taskwire.task WHERE user_id = $1`,
    [user_id],
  )
  if (rows.length !== 1 || rows[0] === undefined) throw new Error(`${rows.length} tasks`)
  return { description: rows[0].description, ...rows[0].row }
}

async function lastEntry(user_id: string): Promise<object | undefined> {
  const { rows } = await pool.query<object>(
    'SELECT kind, before, after FROM taskwire.change WHERE user_id = $1 ORDER BY seq DESC LIMIT 1',
    [user_id],
  )
  return rows[0]
}

type Fields = Partial<Parameters<ReturnType<typeof api.caller>['task']['create']>[0]>

test.for<[string, Fields]>([
  ['without anything else', {}],
  ['with a description', { description: 'two' }],
  ['with a due date', { due_date: '2027-01-02', tags: ['home'] }],
  ['with a time and reminders', { due_date: '2027-01-02', due_time: '09:00', reminders: ['PT30M'] }],
  ['with a recurrence', { due_date: '2027-01-02', recurrence: { rule: 'FREQ=DAILY' } }],
])('an entry holds the whole row before and after a change: a task %s', async ([, fields]) => {
  const user_id = newUser()
  await api.caller(user_id).task.create({ ...fields, title: 'Milk' })
  let before = await row(user_id)
  expect(await lastEntry(user_id)).toEqual({ kind: 'created', before: null, after: before })
  for (const [kind, assignments] of [
    ['completed', 'completed = true'],
    ['updated', `title = 'Bread'`],
    ['reopened', 'completed = NOT completed'],
    ['updated', `completed = true, title = 'Cheese', description = 'x'`],
    ['updated', 'completed = false, description = NULL'],
    ['updated', `due_date = '2027-03-04'`],
  ]) {
    await pool.query(`UPDATE taskwire.task SET ${assignments} WHERE user_id = $1`, [user_id])
    const after = await row(user_id)
    expect(await lastEntry(user_id), assignments).toEqual({ kind, before, after })
    before = after
  }
})

test('what the trigger keeps does not follow the writer, alone and beside a change', async () => {
  const user_id = newUser()
  await pool.query(
    `INSERT INTO taskwire.task (user_id, title, series_id, open_series, open_due, completed_at)
     VALUES ($1, 'Milk', 7, 7, '2027-01-02', now())`,
    [user_id],
  )
  const kept = `version = 99, created_at = 'epoch', updated_at = 'epoch', series_id = 7, open_series = 7,
    open_due = '2027-01-02'`
  for (const [version, assignments] of [
    [2, kept],
    [3, `completed = true, ${kept}`],
    [4, `completed = false, completed_at = now(), ${kept}`],
  ]) {
    await pool.query(`UPDATE taskwire.task SET ${assignments} WHERE user_id = $1`, [user_id])
    const { rows } = await pool.query(
      `SELECT version, created_at > 'epoch' AND updated_at > 'epoch' AS timed, completed = (completed_at IS NOT NULL) AS dated,
         num_nulls(series_id, open_series, open_due) AS empty FROM taskwire.task WHERE user_id = $1`,
      [user_id],
    )
    expect(rows).toEqual([{ version, timed: true, dated: true, empty: 3 }])
    expect(await lastEntry(user_id)).toMatchObject({ after: await row(user_id) })
  }
})

test('a write notes that a task has to be planned only where its reminders may have moved', async () => {
  const user_id = newUser()
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(`INSERT INTO taskwire.task (user_id, title, due_date) VALUES ($1, 'Milk', '2027-01-02')`, [
      user_id,
    ])
    for (const [noted, assignments] of [
      [0, `title = 'Bread'`],
      [0, 'completed = NOT completed'],
      [0, `due_date = '2027-03-04', completed = false`],
      [1, `reminders = '{P1D}'`],
      [0, `title = 'Cheese'`],
      [1, 'completed = true'],
      [1, `completed = false, title = 'Milk'`],
      [1, `due_date = '2027-05-06'`],
      [1, 'deleted_at = now()'],
      [1, 'deleted_at = NULL'],
      [1, `reminders = '{}'`],
      [0, `due_date = '2027-07-08'`],
    ]) {
      await client.query('DELETE FROM taskwire.unplanned_task WHERE user_id = $1', [user_id])
      await client.query(`UPDATE taskwire.task SET ${assignments} WHERE user_id = $1`, [user_id])
      const { rowCount } = await client.query('SELECT FROM taskwire.unplanned_task WHERE user_id = $1', [user_id])
      expect(rowCount, String(assignments)).toBe(noted)
    }
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})
