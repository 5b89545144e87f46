import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disableUser, isDisabled } from './users.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const ann = { id: 'ann', email: 'ann@example.com' }

test('a change of an account that fails has changed nothing, and holds no lock', async () => {
  const { db, pool } = database
  await db.user.create({ data: { ...ann, name: 'Ann' } })
  const account = { id: 'a', userId: ann.id, accountId: ann.id, providerId: 'credential', password: 'hash' }
  await db.account.create({ data: account })
  await pool.query('ALTER TABLE taskwire.session RENAME TO away')
  await expect(disableUser(pool, ann)).rejects.toThrow('session')
  await pool.query('ALTER TABLE taskwire.away RENAME TO session')
  expect(await isDisabled(pool, ann)).toBe(false)
  await disableUser(pool, ann)
  expect(await isDisabled(pool, ann)).toBe(true)
})
