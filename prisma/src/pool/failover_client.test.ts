import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { TcpProxy } from '@taskwire/faults'
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

/** A client to `at` once a search has ended, with what was asked of the search. */
function clientOf(search: () => Promise<void>, at = database.url, connectionTimeoutMillis?: number) {
  const { servers, url } = databaseAddress(at)
  const [server] = servers
  if (server === undefined) throw new Error('No server')
  const asked: number[] = []
  let forgotten = 0
  const finder = {
    async find(withinMs: number) {
      asked.push(withinMs)
      await search()
      return server
    },
    forget: () => void forgotten++,
  }
  const client = new (failoverClient(finder, 'any'))({ connectionString: url, connectionTimeoutMillis })
  return { client, asked, forgotten: () => forgotten }
}

test('a search may take five sixths of the time to connect', async () => {
  for (const [limit, within] of [
    [undefined, 2500],
    [60_000, 50_000],
  ] as const) {
    const { client, asked } = clientOf(() => Promise.reject(new Error('none')), database.url, limit)
    await expect(client.connect()).rejects.toThrow('none')
    expect(asked).toEqual([within])
  }
})

test('a client that is given up during its search connects to nothing', async () => {
  await using proxy = await TcpProxy.inFrontOf(database.url)
  const { promise, resolve } = Promise.withResolvers<void>()
  const { client } = clientOf(() => promise, proxy.through(database.url), 60_000)
  const opened = expect(client.connect()).rejects.toThrow('timeout expired')
  client.connection.stream.destroy()
  resolve()
  await opened
  expect(proxy.accepted).toBe(0)
})

test('a server that was found and does not answer is given up in time, and the next connection searches again', async () => {
  await using proxy = await TcpProxy.inFrontOf(database.url)
  proxy.blackHole()
  const { client, forgotten } = clientOf(() => Promise.resolve(), proxy.through(database.url), 100)
  await expect(client.connect()).rejects.toThrow(/timeout expired|terminated/)
  expect(client.connection.stream.destroyed).toBe(true)
  expect(forgotten()).toBe(1)
})
