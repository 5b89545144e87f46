import { TcpProxy } from '@taskwire/faults'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runForCaller } from './caller.ts'
import { openDatabase, type Database } from './database.ts'
import { databaseErrorCode } from './error_code.ts'
import type { Statement } from './sql.ts'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'

let server: TestDatabase
let first: TcpProxy
let second: TcpProxy
beforeAll(async () => {
  server = await testDatabase()
})
beforeEach(async () => {
  first = await TcpProxy.inFrontOf(server.url)
  second = await TcpProxy.inFrontOf(server.url)
})
afterAll(() => server.close())

const open: Database[] = []
const lines: string[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
  lines.length = 0
})

function connected(target = 'read-write', waitMs = 60_000): Database {
  const url = new URL(server.url)
  const login = `${url.username}:${url.password}`
  const hosts = `127.0.0.1:${first.port},127.0.0.1:${second.port}`
  const several = `postgresql://${login}@${hosts}${url.pathname}?target_session_attrs=${target}`
  const database = openDatabase({ url: several, waitMs, log: (line) => lines.push(line) })
  open.push(database)
  return database
}

const kinds: Statement['pipeline'][] = ['reads', { lockKey: 'ada' }, undefined]

/** Of each kind of connection, Prisma's included. */
async function served({ sql, db }: Database): Promise<unknown[]> {
  const rows = kinds.map((pipeline) => sql<{ one: number }>({ text: 'SELECT 1 AS one', values: [], pipeline }))
  return (await Promise.all([...rows, db.$queryRawUnsafe('SELECT 1 AS one')])).flat()
}
const ONE_OF_EACH = Array.from({ length: 4 }, () => ({ one: 1 }))

test('a lost server is replaced by the next one, for every kind of connection, and this is logged', async () => {
  const database = connected()
  second.blackHole()
  await served(database)
  second.restore()
  await first[Symbol.asyncDispose]()
  // What is in flight is lost, and what follows soon finds the other one.
  await expect.poll(() => served(database).catch(String)).toEqual(ONE_OF_EACH)
  expect(lines).toContain(`the database is now 127.0.0.1:${second.port}, after 127.0.0.1:${first.port}`)
})

test('a server that accepts connections and says nothing does not keep the next one from being found', async () => {
  first.blackHole()
  expect(await served(connected())).toEqual(ONE_OF_EACH)
})

test('a statement is cancelled on the server that runs it', async () => {
  await first[Symbol.asyncDispose]()
  const { sql } = connected()
  const left = new AbortController()
  const text = 'SELECT pg_sleep(600) AS cancelled_elsewhere'
  const slow = runForCaller({ user_id: 'ada', signal: left.signal }, () => sql({ text, values: [] }))
  const ended = expect(slow).rejects.toThrow()
  const running = `SELECT FROM pg_stat_activity WHERE query = '${text}' AND state = 'active'`
  const count = async () => (await server.pool.query(running)).rowCount
  await expect.poll(count).toBe(1)
  left.abort()
  await expect.poll(count).toBe(0)
  await ended
})

test('where no server takes writes, the error says why of each, and is one of an unavailable database', async () => {
  const name = new URL(server.url).pathname.slice(1)
  await server.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  await second[Symbol.asyncDispose]()
  const { sql, db } = connected()
  const error = await sql({ text: 'SELECT 1', values: [] }).catch((thrown: unknown) => thrown)
  expect(databaseErrorCode(error)).toBe('NO_SERVER')
  expect(String(error)).toContain(
    `127.0.0.1:${first.port}: is read-only; 127.0.0.1:${second.port}: connect ECONNREFUSED`,
  )
  const ofPrisma = await db.task.count().catch((thrown: unknown) => thrown)
  expect(databaseErrorCode(ofPrisma)).toBe('NO_SERVER')
  expect(await served(connected('primary'))).toEqual(ONE_OF_EACH)
  // By a connection that may have been opened meanwhile, and then is read-only too.
  await server.pool.query(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET ALL; COMMIT`)
  await expect.poll(() => served(open[0] ?? connected()).catch(String)).toEqual(ONE_OF_EACH)
})

test('a server that becomes read-only is left as soon as it refuses a write', async () => {
  const { sql } = connected()
  const write = (at: TcpProxy) =>
    sql({ text: `SELECT 1 AS one, ${at.port} AS port`, values: [], pipeline: { lockKey: 'ada' } })
  second.blackHole()
  await write(first)
  second.restore()
  const message = 'cannot execute INSERT in a read-only transaction'
  first.inject({ severity: 'ERROR', code: '25006', message, matching: /AS port/, times: 1 })
  await expect(write(first)).rejects.toMatchObject({ code: '25006' })
  await expect.poll(() => first.open).toBe(0)
  expect(await write(second)).toHaveLength(1)
})
