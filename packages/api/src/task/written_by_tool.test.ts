import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { describeWritten } from './written_by_tool.ts'

const api = await testServices()
afterAll(api.close)

test('a write is named by its own change, that of a deletion by what it deleted', async () => {
  const { task } = api.caller(newUser())
  const created = await task.create({ title: 'Rent', due_date: '2030-01-01', recurrence: { rule: 'FREQ=WEEKLY' } })
  const done = await task.complete({ task_id: created.id })
  const { seq, next_task_id, next_due_date } = await describeWritten(api.services, done)
  expect([seq, next_task_id, next_due_date]).toEqual([2, done.next_task_id, '2030-01-08'])
  expect(await describeWritten(api.services, created)).toEqual({
    task_id: created.id,
    title: 'Rent',
    version: 1,
    seq: 1,
  })
  const deleted = await task.delete({ task_id: created.id })
  expect(await describeWritten(api.services, deleted, true)).toMatchObject({ version: 2, seq: 4 })
  expect(await describeWritten(api.services, deleted)).toMatchObject({ version: 2, seq: 2 })
})

test('a change of another user, or one that the log does not have, is named by none', async () => {
  const { task } = api.caller(newUser())
  const created = await task.create({ title: 'Rent' })
  expect(await describeWritten(api.services, { ...created, user_id: newUser() })).not.toHaveProperty('seq')
  expect(await describeWritten(api.services, { ...created, version: 7 })).not.toHaveProperty('seq')
})

test('a write whose change cannot be read is answered all the same, and a warning is logged', async () => {
  const created = await api.caller(newUser()).task.create({ title: 'Rent' })
  const logged: object[] = []
  const note = (details: object) => void logged.push(details)
  const failure = new Error('gone')
  const services = { ...api.services, sql: () => Promise.reject(failure), log: { warn: note, error: note } }
  expect(await describeWritten(services, created)).toEqual({ task_id: created.id, title: 'Rent', version: 1 })
  expect(logged).toEqual([{ err: failure }])
})

test('the change of a late repeat is read by itself, and that of a usual write on a shared connection', async () => {
  const { task } = api.caller(newUser())
  const created = await task.create({ title: '0' })
  for (let n = 1; n < 6; n++) await task.update({ task_id: created.id, title: `${n}` })
  const kinds: unknown[] = []
  const sql: typeof api.services.sql = (statement) => {
    kinds.push(statement.pipeline)
    return api.services.sql(statement)
  }
  const services = { ...api.services, sql }
  const [newest] = (await task.list({})).items
  expect(await describeWritten(services, newest)).toMatchObject({ seq: 6 })
  expect(kinds).toEqual(['reads'])
  expect(await describeWritten(services, created)).toMatchObject({ seq: 1 })
  expect(kinds).toEqual(['reads', 'reads', undefined])
})
