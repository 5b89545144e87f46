import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { databaseErrorCode } from './error_code.ts'
import { databaseAddress, type Target } from './database_url.ts'
import { failoverClient } from './failover_client.ts'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
})
afterAll(() => database.close())

/** To a server that was found to take writes, as a proxy in front of several may have been. */
async function opened(target: Target): Promise<{ error: unknown; searches: number }> {
  const { servers, url } = databaseAddress(database.url)
  const [server] = servers
  if (server === undefined) throw new Error('No server')
  let searches = 1
  const finder = { find: () => Promise.resolve(server), forget: () => void searches++ }
  const client = new (failoverClient(finder, target))({ connectionString: url })
  const error: unknown = await client.connect().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error === undefined) await client.end()
  return { error, searches }
}

test('a connection that leads to a read-only server is refused, and the next one searches again', async () => {
  const { error, searches } = await opened('read-write')
  expect(databaseErrorCode(error)).toBe('NO_SERVER')
  expect(String(error)).toContain('the server does not take writes: default_transaction_read_only is on')
  expect(searches).toBe(2)
})

test.each(['primary', 'any'] as const)('for %s it may be read-only', async (target) => {
  expect(await opened(target)).toEqual({ error: undefined, searches: 1 })
})

test('the limit of opening a connection ends when it is open', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  expect((await opened('any')).error).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})
