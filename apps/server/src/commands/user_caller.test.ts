import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { userCaller, userIdOf } from './user_caller.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.db.user.create({ data: { id: 'ann', email: 'ann@example.com', name: 'Ann' } })
  await database.db.user.create({ data: { id: 'ben', email: 'ben@example.com', name: 'Ben' } })
  // Somebody whose id is the address of another.
  await database.db.user.create({ data: { id: 'ben@example.com', email: 'other@example.com', name: 'Other' } })
})
afterAll(() => database.close())

test.each([
  ['ann', 'ann'],
  ['Ann@Example.com', 'ann'],
  ['ben@example.com', 'ben@example.com'],
  ['of-another-issuer', 'of-another-issuer'],
])('the user %s has the id %s', async (who, id) => {
  expect(await userIdOf(database, who)).toBe(id)
})

test('an operator reads and writes for a user alone, and tells who it was by no key', async () => {
  const ann = userCaller(database, 'ann')
  const { id } = await ann.task.create({ title: 'Milk' })
  expect(await database.db.task.findMany()).toMatchObject([{ id, user_id: 'ann', title: 'Milk' }])
  expect(await database.db.change.findMany()).toMatchObject([{ user_id: 'ann', via: 'rest', actor: null }])
  await expect(userCaller(database, 'ben').task.get({ task_id: id })).rejects.toMatchObject({
    reason: 'task_not_found',
  })
})
