import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'

// What the database keeps by itself, whoever writes: the series of a task, and how changes belong together.

const api = await testServices()
afterAll(api.close)

const stored = { rule: 'FREQ=DAILY', next: 'upcoming', start: '2026-12-01', occurrence: '2026-12-01', number: 1 }
const RULE = `'${JSON.stringify(stored)}'::jsonb`

interface Row {
  readonly id: number
  readonly series_id: number | null
}

function someone() {
  const user_id = newUser()
  const { change } = api.caller(user_id)
  return {
    user_id,
    /** Runs SQL with the user's id as $1. */
    run: (text: string, ...values: unknown[]) => api.services.sql<Row>({ text, values: [user_id, ...values] }),
    log: () => change.list({ since: 0, limit: 200 }).then(({ changes }) => changes),
  }
}

const insert = `INSERT INTO taskwire.task (user_id, title, recurrence, series_id) VALUES ($1, 'a', ${RULE}, $2) RETURNING *`

test('a task with a recurrence begins a series of its own id, and leaves it with the recurrence', async () => {
  const { run } = someone()
  const [task] = await run(insert, null)
  expect(task?.series_id).toBe(task?.id)
  const [without] = await run(`UPDATE taskwire.task SET recurrence = NULL WHERE user_id = $1 RETURNING *`)
  expect(without?.series_id).toBeNull()
  const [again] = await run(`UPDATE taskwire.task SET recurrence = ${RULE} WHERE user_id = $1 RETURNING *`)
  expect(again?.series_id).toBe(task?.id)
})

test('a task whose id already names a series of other tasks begins a series of a new number', async () => {
  const { run } = someone()
  const [first] = await run(insert, null)
  await run(`UPDATE taskwire.task SET completed = true WHERE user_id = $1`)
  await run(insert, first?.id)
  await run(`UPDATE taskwire.task SET completed = false, recurrence = NULL WHERE user_id = $1 AND id = $2`, first?.id)
  const [again] = await run(
    `UPDATE taskwire.task SET recurrence = ${RULE} WHERE user_id = $1 AND id = $2 RETURNING *`,
    first?.id,
  )
  expect(again?.series_id).toBeGreaterThan(first?.id ?? 0)
})

test('a series has at most one open task', async () => {
  const { run } = someone()
  const [first] = await run(insert, null)
  const violated = { code: '23505', constraint: 'task_open_series_key' }
  await expect(run(insert, first?.id)).rejects.toMatchObject(violated)
  await run(`UPDATE taskwire.task SET completed = true WHERE user_id = $1`)
  const [second] = await run(insert, first?.id)
  await expect(run(`UPDATE taskwire.task SET completed = false WHERE user_id = $1`)).rejects.toMatchObject(violated)
  await run(`UPDATE taskwire.task SET deleted_at = now() WHERE user_id = $1 AND id = $2`, second?.id)
  await run(`UPDATE taskwire.task SET completed = false WHERE user_id = $1 AND id = $2`, first?.id)
  await expect(
    run(`UPDATE taskwire.task SET deleted_at = NULL WHERE user_id = $1 AND id = $2`, second?.id),
  ).rejects.toMatchObject(violated)
})

test('a change names the earlier one that it is part of, and the first of its batch', async () => {
  const { run, log } = someone()
  await run(`INSERT INTO taskwire.task (user_id, title) VALUES ($1, 'a')`)
  await run(`UPDATE taskwire.task SET title = 'b', changed_batch = 2 WHERE user_id = $1`)
  await run(`UPDATE taskwire.task SET title = 'c', changed_batch = 2, changed_part_of = 1 WHERE user_id = $1`)
  await run(`UPDATE taskwire.task SET title = 'd' WHERE user_id = $1`)
  expect((await log()).map(({ seq, part_of, batch }) => [seq, part_of, batch])).toEqual([
    [1, null, null],
    [2, null, 2],
    [3, 2, 2],
    [4, null, null],
  ])
})

test('a completion that names the next task is of kind completed, and a reopening that leaves the series reopened', async () => {
  const { run, log } = someone()
  await run(insert, null)
  await run(`UPDATE taskwire.task SET completed = true, next_task_id = 7 WHERE user_id = $1`)
  await run(`UPDATE taskwire.task SET completed = false, next_task_id = NULL, recurrence = NULL WHERE user_id = $1`)
  await run(`UPDATE taskwire.task SET completed = true, recurrence = ${RULE} WHERE user_id = $1`)
  await run(`UPDATE taskwire.task SET completed = false, recurrence = NULL, changed_part_of = 1 WHERE user_id = $1`)
  expect((await log()).map(({ kind }) => kind)).toEqual(['created', 'completed', 'reopened', 'updated', 'updated'])
})
