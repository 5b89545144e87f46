import type { ClientBase } from 'pg'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from './database.ts'
import { testDatabase } from '../../testing/database.ts'

const database = await testDatabase()
const single = openDatabase({ url: database.url, poolMax: 1, waitMs: 60_000 })
afterAll(async () => {
  await single.close()
  await database.close()
})

async function connectionId(): Promise<unknown> {
  const [row] = await single.sql<{ pid: number }>({ name: 'pid', text: 'SELECT pg_backend_pid() AS pid', values: [] })
  return row?.pid
}

test('an error that PostgreSQL reports leaves the connection in the pool', async () => {
  const before = await connectionId()
  const refused = single.sql({ name: 'refused', text: `SELECT 1 / $1::int`, values: [0] })
  await expect(refused).rejects.toMatchObject({ code: '22012' })
  expect(await connectionId()).toBe(before)
})

test('a connection that is closed during a statement is replaced, and the process keeps running', async () => {
  const before = await connectionId()
  const cut = single.sql({ text: `SELECT pg_terminate_backend(pg_backend_pid())`, values: [] })
  await expect(cut).rejects.toThrow(/terminat/i)
  expect(await connectionId()).not.toBe(before)
})

test('a connection that is closed while a statement waits is replaced, and the process keeps running', async () => {
  const before = await connectionId()
  const sleeping = single.sql({ text: `SELECT pg_sleep(10)`, values: [] })
  const outcome = expect(sleeping).rejects.toThrow(/terminat/i)
  await expect
    .poll(async () => {
      const ended = await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep%'`,
        [before],
      )
      return ended.rowCount
    })
    .toBe(1)
  await outcome
  expect(await connectionId()).not.toBe(before)
})

test('statements whose name is lost in flight all run', async () => {
  const { sql, close } = openDatabase({ url: database.url, poolMax: 8, waitMs: 60_000 })
  const named = () => sql<{ one: number }>({ name: 'lost', text: 'SELECT 1 AS one', values: [], pipeline: 'reads' })
  await named()
  await sql({ text: 'DEALLOCATE ALL', values: [], pipeline: 'reads' })
  expect(await Promise.all([named(), named(), named()])).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]])
  await close()
})

test('a statement whose name is taken by another one runs without its name', async () => {
  await single.pool.query(`PREPARE duplicate AS SELECT 1`)
  const [row] = await single.sql<{ two: number }>({ name: 'duplicate', text: 'SELECT 2 AS two', values: [] })
  expect(row).toEqual({ two: 2 })
})

test('a minute after a name was lost, names are sent again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { sql, pool, close } = openDatabase({ url: database.url, poolMax: 1, waitMs: 60_000 })
  onTestFinished(close)
  const isPrepared = async (name: string) => {
    await sql({ name, text: 'SELECT 1', values: [] })
    return (await pool.query('SELECT FROM pg_prepared_statements WHERE name = $1', [name])).rowCount === 1
  }
  await pool.query('PREPARE lost AS SELECT 1')
  expect(await isPrepared('before')).toBe(true)
  await sql({ name: 'lost', text: 'SELECT 2', values: [] })
  vi.advanceTimersByTime(59_999)
  expect(await isPrepared('meanwhile')).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await isPrepared('after')).toBe(true)
})

test('what would be pipelined if there were connections for it is given up as early, and other statements are not', async () => {
  const limits: unknown[] = []
  const { sql, pool, close } = openDatabase({ url: database.url, poolMax: 1, waitMs: 60_000 })
  onTestFinished(close)
  pool.once('acquire', (client) => {
    const query = client.query.bind(client)
    const seen = (...given: [{ query_timeout?: unknown } | string]): unknown => {
      if (typeof given[0] === 'object') limits.push(given[0].query_timeout)
      return Reflect.apply(query, client, given)
    }
    Object.assign(client, { query: seen })
  })
  for (const pipeline of ['reads', { lockKey: 'ann' }, undefined] as const)
    await sql({ text: 'SELECT 1', values: [], pipeline })
  expect(limits).toEqual([3500, 3500, undefined])
})

test('a connection has as many listeners after many statements as after one', async () => {
  const clients = new Set<ClientBase>()
  single.pool.on('acquire', (client) => clients.add(client))
  await connectionId()
  const [client] = clients
  const before = client?.listenerCount('error')
  for (let count = 0; count < 20; count++) await connectionId()
  expect(clients.size).toBe(1)
  expect(client?.listenerCount('error')).toBe(before)
})
