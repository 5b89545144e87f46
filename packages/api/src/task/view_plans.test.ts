import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { fillTasks, planOf, positionAfter, views } from '../../testing/view_plans.ts'

const api = await testServices()
afterAll(api.close)

const { pool } = api.database
const user_id = newUser()
beforeAll(() => fillTasks(pool, user_id, 20_000))

test.each(views)('%s reads its index, and not the tasks before its page', async (_, query, index) => {
  const { indexes, buffers } = await planOf(pool, user_id, query)
  expect(indexes).toEqual([index])
  expect(buffers).toBeLessThan(200)
})

test('a later page of a view reads no more than the first', async () => {
  const [, overdue] = views[0] ?? []
  if (overdue === undefined) throw new Error('there is no view')
  const { indexes, buffers } = await planOf(pool, user_id, overdue, await positionAfter(pool, user_id, 2000))
  expect(indexes).toEqual(['task_open_due_idx'])
  expect(buffers).toBeLessThan(200)
})

test('a rare tag reads the index of tags', async () => {
  const [, overdue] = views[0] ?? []
  if (overdue === undefined) throw new Error('there is no view')
  const { indexes } = await planOf(pool, user_id, {
    ...overdue,
    completed: undefined,
    due: undefined,
    sort: 'created_at',
    order: 'desc',
    tags: ['rare'],
  })
  const { rowCount } = await pool.query(`SELECT FROM pg_extension WHERE extname = 'btree_gin'`)
  expect(indexes).toEqual([rowCount === 1 ? 'task_tags_idx' : 'task_live_created_idx'])
})

test('open_due is the due date of a task while it is pending and not in the trash', async () => {
  const owner = newUser()
  const { task, change } = api.caller(owner)
  const { id: task_id } = await task.create({ title: 'x', due_date: '2026-12-01' })
  const openDue = async () => {
    const { rows } = await pool.query('SELECT open_due::text FROM taskwire.task WHERE (user_id, id) = ($1, $2)', [
      owner,
      task_id,
    ])
    return rows[0]
  }
  expect(await openDue()).toEqual({ open_due: '2026-12-01' })
  await task.update({ task_id, due_date: '2026-12-02' })
  expect(await openDue()).toEqual({ open_due: '2026-12-02' })
  await task.complete({ task_id })
  expect(await openDue()).toEqual({ open_due: null })
  await task.reopen({ task_id })
  expect(await openDue()).toEqual({ open_due: '2026-12-02' })
  await task.delete({ task_id })
  expect(await openDue()).toEqual({ open_due: null })
  await change.undo({ seq: 5 })
  expect(await openDue()).toEqual({ open_due: '2026-12-02' })
  await task.update({ task_id, due_date: null })
  expect(await openDue()).toEqual({ open_due: null })
})
