import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { fillTasks, planOf, positionAfter, views } from '../../testing/view_plans.ts'

const api = await testServices()
afterAll(api.close)

/** TRIALS=1000000 for a million. */
const TASKS = trialsOfRun(200_000)
const PAGE = Math.floor(TASKS / 1000)

const { pool } = api.database
const user_id = newUser()
beforeAll(() => fillTasks(pool, user_id, TASKS), 1_800_000)

test.each(views)(`of ${TASKS} tasks, %s reads its index and less than 200 buffers`, async (_, query, index) => {
  const { indexes, buffers } = await planOf(pool, user_id, query)
  expect(indexes).toEqual([index])
  expect(buffers).toBeLessThan(200)
})

test(`of ${TASKS} tasks, page ${PAGE} of a view reads less than 200 buffers`, async () => {
  const [, overdue] = views[0] ?? []
  if (overdue === undefined) throw new Error('there is no view')
  const { indexes, buffers } = await planOf(pool, user_id, overdue, await positionAfter(pool, user_id, 50 * PAGE))
  expect(indexes).toEqual(['task_open_due_idx'])
  expect(buffers).toBeLessThan(200)
})
