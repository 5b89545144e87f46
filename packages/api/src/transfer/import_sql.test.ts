import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newUser, testServices, type TestServices } from '../../testing/services.ts'
import { creationTimes, importedBefore, newIds } from './import_sql.ts'

let api: TestServices
beforeAll(async () => {
  api = await testServices()
})
afterAll(() => api.close())

test('new ids come in ascending order, and are given to nothing else', async () => {
  const first = await api.services.sql<{ id: number }>(newIds(20))
  const ids = first.map(({ id }) => id)
  expect(ids).toHaveLength(20)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  const { id } = await api.caller(newUser()).task.create({ title: 'Milk' })
  expect(id).toBeGreaterThan(ids.at(-1) ?? 0)
})

test('the creation of tasks is told to their owner alone, also of those in the trash', async () => {
  const { task } = api.caller('ann')
  const { id, created_at } = await task.create({ title: 'Milk' })
  const { id: deleted } = await task.create({ title: 'Bread' })
  await task.delete({ task_id: deleted })
  const found = await api.services.sql<{ id: number; created_at: string }>(creationTimes('ann', [id, deleted, 10 ** 9]))
  expect(found.map((row) => row.id).toSorted((a, b) => a - b)).toEqual([id, deleted])
  expect(found).toContainEqual({ id, created_at })
  expect(await api.services.sql(creationTimes('bob', [id]))).toEqual([])
})

describe('what was imported before', () => {
  /** A user who has imported one task, and whether it counts as imported. */
  async function importer() {
    const user_id = newUser()
    const { task, change, transfer } = api.caller(user_id)
    const { rows } = await transfer.import({ source: 'csv', file: 'title\nMilk' })
    const [stored] = await api.services.sql<{ fingerprint: string }>({
      text: 'SELECT fingerprint FROM taskwire.imported_task WHERE user_id = $1',
      values: [user_id],
    })
    const fingerprint = stored?.fingerprint ?? ''
    const isKnown = async (who = user_id) => {
      const found = await api.services.sql(importedBefore(who, [fingerprint, 'other']))
      return found.length === 1
    }
    return { task, change, task_id: rows[0]?.task_id ?? 0, isKnown }
  }

  test('counts for its user alone', async () => {
    const { isKnown } = await importer()
    expect([await isKnown(), await isKnown(newUser())]).toEqual([true, false])
  })

  test('counts where the task was deleted or changed, and where a deletion was undone', async () => {
    const { task, change, task_id, isKnown } = await importer()
    await task.update({ task_id, title: 'Oat milk' })
    expect(await isKnown()).toBe(true)
    await task.delete({ task_id })
    expect(await isKnown()).toBe(true)
    await change.undo({ seq: 3 })
    expect(await isKnown()).toBe(true)
  })

  test('counts no more where the import was undone, until that is undone', async () => {
    const { change, isKnown } = await importer()
    await change.undo({ seq: 1 })
    expect(await isKnown()).toBe(false)
    await change.undo({ seq: 2 })
    expect(await isKnown()).toBe(true)
  })

  test('counts where the undo of an update came before the deletion', async () => {
    const { task, change, task_id, isKnown } = await importer()
    await task.update({ task_id, title: 'Oat milk' })
    await change.undo({ seq: 2 })
    await task.delete({ task_id })
    expect(await isKnown()).toBe(true)
  })
})
