import { readdir, readFile } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { addedFields, fieldNames, type Field } from '../task/fields.ts'

const api = await testServices()
afterAll(api.close)

/** The stored entries of a user, oldest first. */
async function stored(user_id: string) {
  const { rows } = await api.database.pool.query<{ shape: number | null; before: object | null; after: object | null }>(
    'SELECT shape, before, after FROM taskwire.change WHERE user_id = $1 ORDER BY seq',
    [user_id],
  )
  return rows
}

test('an entry is stored without empty fields, and shown with all fields', async () => {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const { id: task_id } = await task.create({ title: 'Milk' })
  await task.complete({ task_id })
  const entries = await stored(user_id)
  const always = ['id', 'user_id', 'title', 'description', 'completed', 'created_at', 'updated_at', 'version']
  expect(Object.keys(entries[0]?.after ?? {}).toSorted()).toEqual(
    [...always, 'tags', 'reminders', 'checklist'].toSorted(),
  )
  expect(Object.keys(entries[1]?.after ?? {})).toContain('completed_at')
  for (const { before, after } of (await change.list({ since: 0 })).changes) {
    for (const entry of [before, after]) {
      if (entry !== null) expect(Object.keys(entry).toSorted()).toEqual(fieldNames.toSorted())
    }
  }
})

test('undo restores a field that is empty in the entry', async () => {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const { id: task_id } = await task.create({ title: 'Milk' })
  await task.update({ task_id, priority: 'high', due_date: '2027-01-02', description: 'two' })
  await change.undo({ seq: 2 })
  expect(await task.get({ task_id })).toMatchObject({ priority: null, due_date: null, description: null })
})

test('an entry without a shape is shown with the fields that it has', async () => {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  await task.create({ title: 'Milk', priority: 'high' })
  await api.database.pool.query(
    `UPDATE taskwire.change SET shape = NULL, after = after - 'tags' - 'checklist' WHERE user_id = $1`,
    [user_id],
  )
  const [created] = (await change.list({ since: 0 })).changes
  expect(created?.after).toMatchObject({ title: 'Milk', priority: 'high' })
  for (const name of ['tags', 'checklist', 'due_date']) expect(created?.after).not.toHaveProperty(name)
})

test('an entry has no column that is no field, however it was written', async () => {
  const user_id = newUser()
  const { task } = api.caller(user_id)
  const { id: task_id } = await task.create({
    title: 'Water the plants',
    due_date: '2027-01-02',
    recurrence: { rule: 'FREQ=DAILY' },
    idempotency_key: 'a-key',
  })
  await task.complete({ task_id })
  await task.delete({ task_id })
  for (const { before, after } of await stored(user_id)) {
    for (const entry of [before, after]) {
      expect(Object.keys(entry ?? {}).filter((column) => !fieldNames.includes(column))).toEqual([])
    }
  }
})

test('every added field names the shape in which its column exists', async () => {
  const directory = new URL('../../../../prisma/migrations/', import.meta.url)
  const names = (await readdir(directory)).filter((name) => /^\d/.test(name)).toSorted()
  let shape = 1
  const firstShapes: Record<string, number> = {}
  for (const name of names) {
    const sql = await readFile(new URL(`${name}/migration.sql`, directory), 'utf8')
    shape = Number(/FUNCTION taskwire\.task_shape[^$]*\$\$ SELECT (\d+)/.exec(sql)?.[1] ?? shape)
    for (const [, column = ''] of sql.matchAll(/ADD COLUMN\s+"?(\w+)/g)) firstShapes[column] ??= shape
  }
  const { rows } = await api.database.pool.query('SELECT taskwire.task_shape() AS shape')
  expect(rows).toEqual([{ shape }])
  for (const [name, field] of Object.entries<Field>(addedFields)) {
    expect({ name, shape: field.shape ?? 1 }).toEqual({ name, shape: firstShapes[name] })
  }
})
