import { openDatabase, type Database } from '@taskwire/db'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { observedDatabase, throwDatabaseFailure } from './database_failures.ts'

let database: TestDatabase
let away: Database
beforeAll(async () => {
  database = await testDatabase()
  away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1 })
})
afterAll(async () => {
  await away.close()
  await database.close()
})

const failing = async () => observedDatabase(away.db).user.count()
const deleteNobody = () => observedDatabase(database.db).user.delete({ where: { id: 'nobody' } })

test('a failure of the database is thrown, whatever the work makes of it', async () => {
  const unavailable = expect.objectContaining({ reason: 'database_unavailable' })
  await expect(throwDatabaseFailure(() => failing().catch(() => 'no such user'))).rejects.toEqual(unavailable)
  const other = () =>
    failing().catch(() => {
      throw new Error('401')
    })
  await expect(throwDatabaseFailure(other)).rejects.toEqual(unavailable)
})

test('what the database refuses is no failure of it', async () => {
  expect(await throwDatabaseFailure(() => deleteNobody().catch(() => 'nobody'))).toBe('nobody')
  await expect(throwDatabaseFailure(deleteNobody)).rejects.toThrow()
})

test('work has its own result or error where nothing failed', async () => {
  expect(await throwDatabaseFailure(() => observedDatabase(database.db).user.count())).toBe(0)
  await expect(throwDatabaseFailure(() => Promise.reject(new Error('own')))).rejects.toThrow('own')
  // An error may be anything.
  await expect(throwDatabaseFailure(() => Promise.reject(undefined))).rejects.toBeUndefined()
})

test('a failure is that of its own request alone, and none outside of any', async () => {
  const outcomes = await Promise.allSettled([
    throwDatabaseFailure(() => failing().catch(() => 'caught')),
    throwDatabaseFailure(async () => 'fine'),
    failing().catch(() => 'outside'),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
})
