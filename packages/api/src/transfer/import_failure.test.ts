import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, testServices, wholeLog, type TestServices } from '../../testing/services.ts'

let api: TestServices
beforeAll(async () => {
  api = await testServices()
  // What no rule of ours refuses fails in the statement that inserts it.
  await api.database.pool.query(`ALTER TABLE taskwire.task ADD CONSTRAINT no_bread CHECK (title <> 'Bread')`)
})
afterAll(() => api.close())

test('an import that fails in its last statement leaves nothing, not even its key', async () => {
  const user_id = newUser()
  const { task, transfer, change } = api.caller(user_id)
  // The last line is inserted first; the first one comes with the second statement.
  const lines = (first: string) => `title\n${first}\n${'Milk\n'.repeat(500)}`
  const input = { source: 'csv', file: lines('Bread'), idempotency_key: 'k' } as const
  await expect(transfer.import(input)).rejects.toThrow('Internal server error')
  expect(await wholeLog({ change })).toEqual([])
  expect((await task.list({})).items).toEqual([])
  const { rows } = await api.database.pool.query('SELECT FROM taskwire.imported_task')
  expect(rows).toEqual([])
  const again = await transfer.import({ ...input, file: lines('Eggs') })
  expect(again).toMatchObject({ created: 501, first_seq: 1, last_seq: 501 })
})
