import { openDatabase } from '@taskwire/db'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purgeRevocations, storedRevocations } from './stored_revocations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const ago = (ms: number) => new Date(Date.now() - ms)
const stored = (kind: 'user' | 'session', id: string, ms: number) =>
  database.db.revocation.create({ data: { kind, id, revoked_at: ago(ms) } })
const HOUR_MS = 3_600_000

test('at first the revocations of an hour are read, and later those since the last look', async () => {
  await stored('session', 'old', 61 * 60_000)
  await stored('session', 'recent', 59 * 60_000)
  const last = await stored('user', 'last', 60_000)
  const store = storedRevocations(database.sql)
  const first = await store.recent(null)
  expect(new Set(first.revocations.map(({ id }) => id))).toEqual(new Set(['recent', 'last']))
  expect(first.revocations).toContainEqual({ kind: 'user', id: 'last', revoked_at: last.revoked_at.getTime() })
  expect(Math.abs(first.read_at - Date.now())).toBeLessThan(HOUR_MS)
  const since = (ms: number) => store.recent(last.revoked_at.getTime() + ms)
  expect((await since(-1)).revocations.map(({ id }) => id)).toEqual(['last'])
  expect((await since(0)).revocations).toEqual([])
})

test('the deletion of a user is known for any time, and a session of the same id is not taken for it', async () => {
  const { revoked_at } = await stored('user', 'ann', 400 * 24 * HOUR_MS)
  await stored('session', 'ben', 1000)
  const store = storedRevocations(database.sql)
  expect(await store.userRevokedAt('ann')).toBe(revoked_at.getTime())
  expect([await store.userRevokedAt('ben'), await store.userRevokedAt('cleo')]).toEqual([null, null])
})

test('the ends of sessions are kept for a day, and those of users for ever', async () => {
  await database.db.revocation.deleteMany({})
  await stored('session', 'kept', 23.9 * HOUR_MS)
  await stored('session', 'gone', 24.1 * HOUR_MS)
  await stored('user', 'gone', 1000 * HOUR_MS)
  await purgeRevocations(database.db)
  const left = await database.db.revocation.findMany({ orderBy: { kind: 'asc' } })
  expect(left.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['session kept', 'user gone'])
})

test('a database that is away is an error that says so', async () => {
  const away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1 })
  const store = storedRevocations(away.sql)
  await expect(store.recent(null)).rejects.toMatchObject({ reason: 'database_unavailable' })
  await expect(store.userRevokedAt('ann')).rejects.toMatchObject({ reason: 'database_unavailable' })
  await away.close()
})
