import { readFile } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** Rules, each with a start and the first days after it according to python-dateutil 2.9.0. */
const oracle = z
  .array(z.tuple([z.string(), z.string(), z.array(z.string())]))
  .parse(JSON.parse(await readFile(new URL('../../testing/oracle_days.json', import.meta.url), 'utf8')))

test('completing a task again and again gives the days of 100 rules as python-dateutil does', async () => {
  expect(oracle).toHaveLength(100)
  const { task } = api.caller(newUser())
  const got = await Promise.all(
    oracle.map(async ([rule, due_date, days]) => {
      const { id } = await task.create({ title: rule, due_date, recurrence: { rule, next: 'each' } })
      const completed: string[] = []
      for (let task_id = id; completed.length < days.length;) {
        const { next_task_id } = await task.complete({ task_id })
        if (next_task_id === null) break
        task_id = next_task_id
        completed.push((await task.get({ task_id })).due_date ?? '')
      }
      return [rule, due_date, completed]
    }),
  )
  expect(got).toEqual(oracle)
})
