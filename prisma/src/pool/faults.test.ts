import { POSTGRES_ERRORS, TcpProxy } from '@taskwire/faults'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { runForCaller } from './caller.ts'
import { openDatabase, type Database } from './database.ts'
import type { Statement } from './sql.ts'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'

let server: TestDatabase
let proxy: TcpProxy
beforeAll(async () => {
  server = await testDatabase()
  proxy = await TcpProxy.inFrontOf(server.url)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await server.close()
})

const open: Database[] = []
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())))

function connected(url = proxy.through(server.url), poolMax = 10): Database {
  const database = openDatabase({ url, poolMax })
  open.push(database)
  return database
}

const kinds: [string, Statement['pipeline']][] = [
  ['pipelined for reads', 'reads'],
  ['pipelined for writes', { lockKey: 'ada' }],
  ['dedicated', undefined],
]

describe.each(kinds)('a statement that is %s', (_, pipeline) => {
  test('is repeated where a migration changed the type of a column, and its name is used again', async () => {
    const { sql } = connected()
    await server.pool.query('CREATE TABLE stale (value varchar(10)); INSERT INTO stale VALUES (1)')
    const read = () => sql<{ value: unknown }>({ name: 'stale', text: 'SELECT * FROM stale', values: [], pipeline })
    const many = () => Promise.all(Array.from({ length: 30 }, read))
    await many()
    await server.pool.query('ALTER TABLE stale ALTER COLUMN value TYPE text')
    for (let round = 0; round < 3; round++)
      expect(await many()).toEqual(Array.from({ length: 30 }, () => ({ value: '1' })).map((row) => [row]))
    const prepared = () =>
      sql<{ count: number }>({
        text: `SELECT count(*)::int AS count FROM pg_prepared_statements WHERE name = 'stale'`,
        values: [],
        pipeline,
      })
    expect(await prepared()).toEqual([{ count: 1 }])
    await server.pool.query('DROP TABLE stale')
  })

  // Dedicated ones are given up after 15 s.
  test.runIf(pipeline !== undefined)('is given up when the database does not answer', async () => {
    const { sql } = connected()
    const ask = () => sql({ text: 'SELECT 1 AS one', values: [], pipeline })
    await ask()
    proxy.blackHole()
    await expect(ask()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    proxy.restore()
    expect(await ask()).toEqual([{ one: 1 }])
  })
})

test('more callers than connections that the server allows are all served, of every kind', async () => {
  const role = `limited_${process.pid}`
  await server.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p' CONNECTION LIMIT 6`)
  const url = new URL(server.url)
  url.username = role
  url.password = 'p'
  const { sql, db, close } = openDatabase({ url: url.href, poolMax: 30, waitMs: 60_000 })
  const ask = (number: number) => {
    const user_id = `user-${number % 10}`
    const pipeline = ([undefined, 'reads', { lockKey: user_id }] as const)[number % 3]
    const text = 'SELECT $1::int AS number FROM pg_sleep(0.005)'
    return runForCaller({ user_id }, () => sql<{ number: number }>({ text, values: [number], pipeline }))
  }
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all([
      Promise.all(Array.from({ length: 60 }, (_, number) => ask(number))),
      db.$queryRawUnsafe<{ number: number }[]>('SELECT -1 AS number'),
    ])
    expect(answers.flat(2).map(({ number }) => number)).toEqual([...Array(60).keys(), -1])
  }
  await close()
  await expect.poll(() => server.pool.query(`DROP ROLE ${role}`).then(() => 'dropped', String)).toBe('dropped')
})

describe('whether the database can be written to', () => {
  test('a full disk shows with the first write that fails, until a write succeeds again; reads go on', async () => {
    const { isWritable, sql, db } = connected()
    const insert = `INSERT INTO taskwire.task (user_id, title) VALUES ('ada', 'x')`
    expect(await isWritable()).toBe(true)
    const fault = proxy.inject({ ...POSTGRES_ERRORS.disk_full, matching: /INSERT|CREATE/, times: Infinity })
    const write = sql({ text: insert, values: [], pipeline: { lockKey: 'ada' } })
    await expect(write).rejects.toMatchObject({ code: '53100' })
    expect(await isWritable()).toBe(false)
    expect(await db.task.count({ where: { user_id: 'ada' } })).toBe(0)
    fault.remove()
    await expect.poll(isWritable).toBe(true)
    await expect(db.$executeRawUnsafe(insert)).resolves.toBe(1)
  })

  test('while the disk is full a write is tried every half second at most, however often somebody asks', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { isWritable, sql } = connected()
    const fault = proxy.inject({ ...POSTGRES_ERRORS.disk_full, matching: /INSERT|CREATE/, times: Infinity })
    const insert = `INSERT INTO taskwire.task (user_id, title) VALUES ('ada', 'x')`
    await expect(sql({ text: insert, values: [] })).rejects.toMatchObject({ code: '53100' })
    const before = fault.hits
    for (const tried of [1, 2]) {
      for (let asked = 0; asked < 5; asked++) expect(await isWritable()).toBe(false)
      expect(fault.hits - before).toBe(tried)
      vi.advanceTimersByTime(501)
    }
    fault.remove()
  })

  test('a write of Prisma that fails counts as well', async () => {
    const { isWritable, db } = connected()
    const fault = proxy.inject({ ...POSTGRES_ERRORS.disk_full, matching: /INSERT|CREATE/, times: Infinity })
    const create = async () => await db.conversation.create({ data: { user_id: 'ada', title: 'x' } })
    await expect(create()).rejects.toThrow()
    expect(await isWritable()).toBe(false)
    fault.remove()
    await expect.poll(isWritable).toBe(true)
  })

  test('a database that only reads, such as a standby, is not writable', async () => {
    const name = new URL(server.url).pathname.slice(1)
    await server.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    expect(await connected().isWritable()).toBe(false)
    await server.pool.query(`SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET ALL`)
    expect(await connected().isWritable()).toBe(true)
  })

  test('a trial write leaves nothing behind', async () => {
    const { isWritable, pool } = connected()
    const fault = proxy.inject({ ...POSTGRES_ERRORS.disk_full, matching: /nothing/, times: 1 })
    await expect(pool.query('SELECT 1 AS nothing')).rejects.toMatchObject({ code: '53100' })
    fault.remove()
    expect(await isWritable()).toBe(true)
    const { rows } = await pool.query(`SELECT relname FROM pg_class WHERE relname = 'taskwire_probe'`)
    expect(rows).toEqual([])
  })
})
