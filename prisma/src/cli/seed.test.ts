import { afterAll, beforeAll, expect, test } from 'vitest'
import { seed } from './demo_tasks.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

test('the command creates as many demo tasks as requested, some of them completed', async () => {
  expect(await seed(database.pool, { user_id: 'demo', count: 1200 })).toBe(1200)
  expect(await database.db.task.count({ where: { user_id: 'demo' } })).toBe(1200)
  expect(await database.db.task.count({ where: { user_id: 'demo', completed: true } })).toBe(400)
  const { rows } = await database.pool.query(
    `SELECT count(DISTINCT recurrence ->> 'rule') FILTER (WHERE recurrence ->> 'start' = due_date::text) AS rules,
      count(*) FILTER (WHERE priority = 'high') > 100 AS important, count(*) FILTER (WHERE 'home' = ANY(tags)) > 100 AS tagged,
      count(*) FILTER (WHERE due_date = current_date) > 50 AS today FROM taskwire.task`,
  )
  expect(rows).toEqual([{ rules: '3', important: true, tagged: true, today: true }])
})

test('the command creates only missing tasks when it is repeated, and none for other users', async () => {
  expect(await seed(database.pool, { user_id: 'demo', count: 1205 })).toBe(5)
  expect(await seed(database.pool, { user_id: 'demo', count: 10 })).toBe(0)
  expect(await database.db.task.count()).toBe(1205)
})

test('a user gets all demo tasks, although another user has them already', async () => {
  expect(await seed(database.pool, { user_id: 'other', count: 10 })).toBe(10)
  const titles = await database.db.task.findMany({ where: { user_id: 'other' }, orderBy: { created_at: 'desc' } })
  expect(titles.map(({ title }) => /\d+/.exec(title)?.[0])).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 1}`))
})
