import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { iterateForCaller, runForCaller, runForNoCaller } from './caller.ts'
import { openDatabase, type Database } from './database.ts'
import { FairPool } from './fair_pool.ts'
import { fairShare } from './fair_share.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'

let observer: TestDatabase
let database: Database
beforeAll(async () => {
  observer = await testDatabase()
})
afterAll(() => observer.close())

const open: Database[] = []
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())))

/** 9 dedicated connections: 7 for users, 3 for one of them. */
function newDatabase(poolMax = 30): Database {
  database = openDatabase({ url: observer.url, poolMax, waitMs: 60_000 })
  open.push(database)
  return database
}

const SLEEP = { text: 'SELECT pg_sleep(20)', values: [] }
const quick = (user_id: string) => runForCaller({ user_id }, () => database.sql({ text: 'SELECT 1', values: [] }))

async function sleeping(): Promise<number> {
  const { rowCount } = await observer.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(20)'`,
  )
  return rowCount ?? 0
}

test('one user at 40 slow statements has 3 connections, and everybody else goes on', async () => {
  const { sql, db, isWritable } = newDatabase()
  const leaving = new AbortController()
  const slow = Array.from({ length: 20 }, () => [
    runForCaller({ user_id: 'evil', signal: leaving.signal }, () => sql(SLEEP)),
    runForCaller({ user_id: 'evil', signal: leaving.signal }, async () => await db.$queryRawUnsafe(SLEEP.text)),
  ]).flat()
  const outcomes = Promise.allSettled(slow)
  await expect.poll(sleeping).toBe(3)
  const others = ['ada', 'bob', 'cat', 'dan'].map((user_id) =>
    runForCaller({ user_id }, async () => [await quick(user_id), await db.task.count()]),
  )
  expect(await Promise.all(others)).toHaveLength(4)
  expect(await isWritable()).toBe(true)
  expect(await sleeping()).toBe(3)
  leaving.abort()
  expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true)
})

test('statements of no user have connections that users cannot take', async () => {
  const { sql, db, isWritable } = newDatabase()
  const leaving = new AbortController()
  const slow = ['ada', 'bob', 'cat'].flatMap((user_id) =>
    Array.from({ length: 4 }, () => runForCaller({ user_id, signal: leaving.signal }, () => sql(SLEEP))),
  )
  const outcomes = Promise.allSettled(slow)
  await expect.poll(sleeping).toBe(7)
  await runForCaller({ user_id: 'ada' }, () => runForNoCaller(async () => await db.user.count()))
  expect(await runForCaller({ user_id: 'ada' }, isWritable)).toBe(true)
  leaving.abort()
  await outcomes
})

test('a caller who leaves is cancelled in PostgreSQL, through Prisma too, and its connections serve others', async () => {
  const { sql, db } = newDatabase()
  const leaving = new AbortController()
  const caller = { user_id: 'ada', signal: leaving.signal }
  const running = [
    runForCaller(caller, () => sql(SLEEP)),
    runForCaller(caller, async () => await db.$queryRawUnsafe(SLEEP.text)),
    runForCaller(caller, async () => await db.$transaction([db.$queryRawUnsafe(SLEEP.text)])),
  ]
  const outcomes = Promise.allSettled(running)
  await expect.poll(sleeping).toBe(3)
  leaving.abort()
  await outcomes
  await expect.poll(sleeping).toBe(0)
  expect(await Promise.all(Array.from({ length: 20 }, () => quick('ada')))).toHaveLength(20)
})

test('what a generator reads counts as its caller, not as whoever takes its values', async () => {
  const { sql } = newDatabase()
  const leaving = new AbortController()
  async function* read() {
    yield 'first'
    yield await sql(SLEEP)
  }
  const values = iterateForCaller({ user_id: 'ada', signal: leaving.signal }, read())
  expect(await values.next()).toMatchObject({ value: 'first' })
  const second = values.next()
  const outcome = expect(second).rejects.toMatchObject({ code: '57014' })
  await expect.poll(sleeping).toBe(1)
  leaving.abort()
  await outcome
})

test('an error that PostgreSQL reports to Prisma leaves the connection in the pool', async () => {
  const { db, pool } = newDatabase(1)
  const pid = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
  const before = await pid()
  await expect(db.$queryRawUnsafe('SELECT 1 / 0')).rejects.toThrow('division by zero')
  expect(await pid()).toBe(before)
})

test('a single connection serves everybody in turn', async () => {
  newDatabase(1)
  expect(await Promise.all(Array.from({ length: 20 }, (_, index) => quick(`user-${index % 3}`)))).toHaveLength(20)
})

test('a caller who leaves is cancelled again where the first time was too early', async () => {
  const { sql } = newDatabase()
  const leaving = new AbortController()
  const text = `DO $$ BEGIN
      BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END;
      PERFORM pg_sleep(600), 'again';
    END $$`
  const stubborn = runForCaller({ user_id: 'ada', signal: leaving.signal }, () => sql({ text, values: [] }))
  const outcome = expect(stubborn).rejects.toMatchObject({ code: '57014' })
  const running = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DO%' AND wait_event = 'PgSleep'`
  await expect.poll(async () => (await observer.pool.query(running)).rowCount).toBe(1)
  leaving.abort()
  await outcome
})

test('a statement that is given up because of its time is cancelled in PostgreSQL', async () => {
  const { pool } = newDatabase()
  const client = await pool.connect()
  // pg takes the time limit with the statement, but its types do not.
  const late = { text: 'SELECT pg_sleep(600)', query_timeout: 200 }
  const error: unknown = await client.query(late).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: 'Query read timeout' })
  client.release(error instanceof Error ? error : true)
  const running = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = '${late.text}' AND state = 'active'`
  await expect.poll(async () => (await observer.pool.query(running)).rowCount).toBe(0)
})

test('a caller who has left before gets no connection, and nothing stays taken', async () => {
  const { sql, pool } = newDatabase()
  const left = AbortSignal.abort(new Error('gone'))
  for (let count = 0; count < 10; count++) {
    const late = runForCaller({ user_id: 'ada', signal: left }, () => sql({ text: 'SELECT 1', values: [] }))
    await expect(late).rejects.toThrow('gone')
  }
  expect(pool.totalCount - pool.idleCount).toBe(0)
  expect(await quick('ada')).toHaveLength(1)
})

test('a caller who leaves while a connection is opened gets none, and nothing stays taken', async () => {
  const { sql, pool } = newDatabase()
  for (let count = 0; count < 10; count++) {
    const leaving = new AbortController()
    const late = runForCaller({ user_id: 'ada', signal: leaving.signal }, () => sql({ text: 'SELECT 1', values: [] }))
    pool.once('acquire', () => leaving.abort(new Error('gone')))
    await expect(late).rejects.toThrow('gone')
  }
  expect(pool.totalCount - pool.idleCount).toBe(0)
  expect(await quick('ada')).toHaveLength(1)
})

test('a signal has no listener left when the statement of its caller is done', async () => {
  const { sql } = newDatabase()
  const { signal } = new AbortController()
  let listeners = 0
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given))
  signal.removeEventListener = (...given: Parameters<typeof remove>) => (listeners--, remove(...given))
  await runForCaller({ user_id: 'ada', signal }, () => sql({ text: 'SELECT 1', values: [] }))
  expect(listeners).toBe(0)
})

test('where no connection can be opened, users do not lose their share', async () => {
  const nowhere = openDatabase({ url: 'postgresql://u:p@127.0.0.1:1/none', waitMs: 60_000 })
  open.push(nowhere)
  for (let count = 0; count < 10; count++) {
    const failed = runForCaller({ user_id: 'ada' }, () => nowhere.sql({ text: 'SELECT 1', values: [] }))
    await expect(failed).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }
})

test('a connection counts in the budget from its opening to its end', async () => {
  const counted: string[] = []
  const budget = {
    limits: () => ({ reads: 0, writes: 0, dedicated: 1 }),
    opened: () => void counted.push('opened'),
    closed: () => void counted.push('closed'),
    shrink: () => {},
    onRefused: () => {},
  }
  const share = fairShare({ slots: 1, slotsPerUser: 1, queueLength: 1, queueMs: 60_000 })
  const pool = new FairPool({ connectionString: observer.url, max: 1 }, { share, budget, refusedMs: 60_000 })
  const client = await pool.connect()
  expect(counted).toEqual(['opened'])
  client.release(true)
  await expect.poll(() => counted).toEqual(['opened', 'closed'])
  await pool.end()
})
