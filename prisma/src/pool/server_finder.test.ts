import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { connection } from './connection.ts'
import { databaseAddress } from './database_url.ts'
import { serverFinder, type ServerFinder } from './server_finder.ts'

const WITHIN_MS = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

function finder(): ServerFinder {
  return serverFinder(databaseAddress(database.url), connection(database.url))
}

test('what was found holds for a second, and then it is looked for again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const servers = finder()
  const found = servers.find(WITHIN_MS)
  expect(servers.find(WITHIN_MS)).toBe(found)
  await found
  vi.advanceTimersByTime(1000)
  expect(servers.find(WITHIN_MS)).toBe(found)
  vi.advanceTimersByTime(1)
  const again = servers.find(WITHIN_MS)
  expect(again).not.toBe(found)
  expect(await again).toEqual(await found)
})

test('the connection on which a server was asked is closed', async () => {
  const open = async () => {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'the finder'`,
    )
    return rows[0]?.count
  }
  const config = { ...connection(database.url), application_name: 'the finder' }
  await serverFinder(databaseAddress(database.url), config).find(WITHIN_MS)
  await expect.poll(open).toBe(0)
})
