import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { connection } from './connection.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

test('times keep their instant whatever time zone and date style the role is set to', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Karachi'`)
  await database.pool.query(`ALTER DATABASE ${name} SET datestyle = 'SQL, DMY'`)
  const elsewhere = openDatabase({ url: database.url, waitMs: 60_000 })
  const at = new Date('2026-03-04T05:06:07.089Z')
  const written = await elsewhere.db.task.create({ data: { user_id: 'zone', title: 'here', created_at: at } })
  const stored = `SELECT extract(epoch FROM created_at) * 1000 AS ms FROM taskwire.task WHERE id = ${written.id}`
  const { rows } = await elsewhere.pool.query<{ ms: string }>(stored)
  await elsewhere.close()
  expect(written.created_at).toEqual(at)
  expect(Number(rows[0]?.ms)).toBe(at.getTime())
})

test('connecting to a silent database fails within the timeout, and the process keeps running', async () => {
  const nowhere = openDatabase({ url: 'postgresql://u:p@127.0.0.1:1/none' })
  await expect(nowhere.db.task.count()).rejects.toMatchObject({ code: 'P1001' })
  await nowhere.close()
})

test('losing an idle connection is logged, and the next query gets a new one', async () => {
  const lines: string[] = []
  const other = openDatabase({ url: database.url, poolMax: 1, waitMs: 60_000, log: (line) => lines.push(line) })
  const pid = await other.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const lost = new Promise((resolve) => other.pool.once('error', resolve))
  await database.pool.query('SELECT pg_terminate_backend($1)', [pid.rows[0]?.pid])
  await lost
  expect(await other.db.task.count()).toBeTypeOf('number')
  await other.close()
  expect(lines).toEqual([expect.stringContaining('idle database connection lost')])
})

describe('sslmode means what it means to psql', () => {
  test.each([
    ['sslmode=require', { rejectUnauthorized: false }],
    ['sslmode=require&channel_binding=require', { rejectUnauthorized: false }],
    ['sslmode=verify-full', {}],
    ['sslrootcert=system', {}],
    ['sslmode=disable', false],
    ['', false],
  ])('%s', (query, ssl) => {
    const client = new Client(connection(`postgresql://u:p@example.com/db?${query}`))
    expect(client).toMatchObject({ ssl })
  })
})

/** A database whose connections have a name of their own, and how many PostgreSQL has of them. */
function named(name: string, poolMax: number) {
  const url = new URL(database.url)
  url.searchParams.set('application_name', name)
  const count = async () => {
    // Another run of this file may use the same server.
    const its = 'SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1'
    const { rowCount } = await database.pool.query(its, [name])
    return rowCount ?? 0
  }
  return { ...openDatabase({ url: url.href, poolMax, waitMs: 60_000 }), count }
}

const kinds = ['reads', { lockKey: 'ann' }, { lockKey: 'bob' }, undefined] as const

test.each([1, 2, 5, 10])('of %i connections no more are opened, whatever is asked, and none stays', async (poolMax) => {
  const { sql, db, count, connections, close } = named(`at most ${poolMax}`, poolMax)
  const statements = Array.from({ length: 40 }, (_, index) =>
    sql({ text: 'SELECT pg_sleep(0.01)', values: [], pipeline: kinds[index % kinds.length] }),
  )
  await Promise.all([...statements, db.task.count()])
  expect(await count()).toBeLessThanOrEqual(poolMax)
  const { used, idle, waiting } = connections()
  expect({ used, waiting }).toEqual({ used: 0, waiting: 0 })
  expect(idle).toBe(await count())
  await close()
  await expect.poll(count).toBe(0)
})

test('connections that are used, and callers that wait for one, are counted', async () => {
  const { sql, connections, close } = named('counted', 3)
  const lock = await database.pool.connect()
  await lock.query('SELECT pg_advisory_lock(7)')
  const waiting = { text: 'SELECT pg_advisory_lock_shared(7)', values: [] }
  const all = Promise.all([
    sql({ ...waiting, pipeline: { lockKey: 'ann' } }),
    ...Array.from({ length: 4 }, () => sql(waiting)),
  ])
  await expect.poll(connections).toMatchObject({ used: 3, waiting: 2 })
  await lock.query('SELECT pg_advisory_unlock(7)')
  lock.release()
  await all
  await close()
})

test('a database that is closed twice is closed once, when what has a connection has given it back', async () => {
  const { pool, sql, count, close } = named('closed twice', 5)
  await sql({ text: 'SELECT 1', values: [], pipeline: 'reads' })
  const client = await pool.connect()
  let ended = 0
  const closing = Promise.all([close(), close()].map((closed) => closed.then(() => ended++)))
  await client.query('SELECT 1')
  expect(ended).toBe(0)
  client.release()
  await closing
  await close()
  await expect.poll(count).toBe(0)
  await expect(sql({ text: 'SELECT 1', values: [], pipeline: 'reads' })).rejects.toThrow('closed')
})
