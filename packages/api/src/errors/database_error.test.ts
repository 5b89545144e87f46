import { readFile } from 'node:fs/promises'
import { openDatabase, type Database } from '@taskwire/db'
import { TRPCError } from '@trpc/server'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { testServices } from '../../testing/services.ts'
import { databaseFailure } from './database_error.ts'

const api = await testServices()
afterAll(api.close)

async function errorOf(call: () => PromiseLike<unknown>): Promise<Error> {
  try {
    await call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('expected an error')
}

/** A statement that fails with this SQLSTATE. */
function raise(code: string): string {
  return `DO $$ BEGIN RAISE EXCEPTION 'raised by a test' USING ERRCODE = '${code}'; END $$`
}

describe.each([
  ['overloaded', ['40001', '40P01', '53000', '53200', '53400', '55P03', '57014']],
  ['database_unavailable', ['08000', '08001', '08003', '08004', '08006', '08007', '08P01', '25006', '28P01', '53100']],
  ['database_unavailable', ['57P01', '57P02', '57P03']],
  [undefined, ['0A000', '22012', '22P02', '23502', '23505', '42501', '42703', '42P01', 'P0001', 'XX000']],
] as const)('%s', (expected, codes) => {
  test.each(codes)('is the error code for SQLSTATE %s, on the hot path and through Prisma', (code) =>
    expectFailures(api.services, raise(code), expected),
  )
})

test('overloaded is the error code for SQLSTATE 53300, after the wait for another connection', async () => {
  // Longer than a busy machine needs for a connection, which would be reported as `database_unavailable`.
  const { db, sql, close } = openDatabase({ url: api.database.url, waitMs: 3000 })
  await expectFailures({ db, sql }, raise('53300'), 'overloaded')
  await close()
})

async function expectFailures({ db, sql }: Pick<Database, 'db' | 'sql'>, text: string, expected: string | undefined) {
  const calls = [
    () => sql({ text, values: [] }),
    () => sql({ text, values: [], pipeline: 'reads' }),
    () => db.$executeRawUnsafe(text),
  ]
  for (const error of await Promise.all(calls.map(errorOf))) {
    expect(databaseFailure(error)).toBe(expected)
    expect(databaseFailure(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error }))).toBe(expected)
  }
}

test('a deadlock that a trigger raises during a Prisma write is overloaded', async () => {
  const { db } = api.services
  await api.database.pool.query(`
    CREATE FUNCTION public.deadlock() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'raised by a test' USING ERRCODE = '40P01'; END $$;
    CREATE TRIGGER deadlock BEFORE INSERT ON taskwire.conversation FOR EACH ROW EXECUTE FUNCTION public.deadlock()`)
  const row = { user_id: 'a', title: 'a' }
  expect(databaseFailure(await errorOf(() => db.conversation.create({ data: row })))).toBe('overloaded')
})

describe('a connection', () => {
  test('that cannot be established is database_unavailable', async () => {
    const { db, sql, close } = openDatabase({ url: 'postgresql://u:p@127.0.0.1:1/none' })
    const statement = { text: 'SELECT 1', values: [] }
    for (const call of [
      () => sql(statement),
      () => sql({ ...statement, pipeline: 'reads' }),
      () => sql({ ...statement, pipeline: { lockKey: 'a' } }),
      () => db.task.findFirst(),
      () => db.$queryRaw`SELECT 1`,
      () => db.$transaction(async (transaction) => transaction.task.findFirst()),
    ]) {
      expect(databaseFailure(await errorOf(call))).toBe('database_unavailable')
    }
    await close()
  })

  test('whose socket does not exist is database_unavailable', async () => {
    const { db, sql, close } = openDatabase({ url: 'postgresql://u@/none?host=/nowhere' })
    expect(databaseFailure(await errorOf(() => sql({ text: 'SELECT 1', values: [] })))).toBe('database_unavailable')
    expect(databaseFailure(await errorOf(() => db.task.findFirst()))).toBe('database_unavailable')
    await close()
  })

  test('whose password is wrong is database_unavailable', async () => {
    const url = new URL(api.database.url)
    url.username = 'nobody_here'
    url.password = 'wrong'
    const { db, sql, close } = openDatabase({ url: url.href })
    expect(databaseFailure(await errorOf(() => sql({ text: 'SELECT 1', values: [] })))).toBe('database_unavailable')
    expect(databaseFailure(await errorOf(() => db.task.findFirst()))).toBe('database_unavailable')
    await close()
  })

  test('that does not become free in time is overloaded', async () => {
    const { db, sql, pool, close } = openDatabase({ url: api.database.url, poolMax: 1, waitMs: 500 })
    // To be connected anew may take a busy machine longer than a caller of this pool waits.
    const taken = await vi.waitFor(() => pool.connect(), 60_000)
    const calls = [
      () => sql({ text: 'SELECT 1', values: [] }),
      () => db.task.findFirst(),
      () => db.$transaction(async (transaction) => transaction.task.findFirst()),
    ]
    const errors = await Promise.all(calls.map(errorOf))
    taken.release()
    expect(errors.map(databaseFailure)).toEqual(['overloaded', 'overloaded', 'overloaded'])
    await close()
  })

  test('that is lost in the middle of a statement is database_unavailable', async () => {
    const { db, sql } = api.services
    const text = 'SELECT pg_terminate_backend(pg_backend_pid())::text'
    expect(databaseFailure(await errorOf(() => sql({ text, values: [] })))).toBe('database_unavailable')
    expect(databaseFailure(await errorOf(() => db.$queryRawUnsafe(text)))).toBe('database_unavailable')
  })
})

describe('not a database failure', () => {
  test('is a connection that another service refuses', async () => {
    const error = await errorOf(() => fetch('http://127.0.0.1:2'))
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
    expect(databaseFailure(error)).toBeUndefined()
  })

  test('is a file that does not exist', async () => {
    const error = await errorOf(() => readFile('/nowhere/at/all'))
    expect(error).toMatchObject({ code: 'ENOENT' })
    expect(databaseFailure(error)).toBeUndefined()
  })

  test.each(['40001', 'timeout exceeded when trying to connect', 'Connection terminated unexpectedly', '57P01 P1001'])(
    'is an error of another origin with the text "%s"',
    (text) => {
      expect(databaseFailure(new Error(text))).toBeUndefined()
      expect(databaseFailure(Object.assign(new Error(text), { code: '40001' }))).toBeUndefined()
    },
  )

  test('is a value or a name that contains the text of a code', async () => {
    const { db, sql } = api.services
    expect(databaseFailure(await errorOf(() => sql({ text: 'SELECT "40001"', values: [] })))).toBeUndefined()
    expect(databaseFailure(await errorOf(() => db.$queryRawUnsafe('SELECT "57P01 ECONNREFUSED"')))).toBeUndefined()
    expect(databaseFailure(await errorOf(() => db.$queryRaw`SELECT ${'53300 40001'}::int`))).toBeUndefined()
  })

  test('is a duplicate row or a missing one', async () => {
    const { db } = api.services
    const row = { user_id: 'twice', seq: 1 }
    await db.changeCounter.create({ data: row })
    expect(databaseFailure(await errorOf(() => db.changeCounter.create({ data: row })))).toBeUndefined()
    const absent = () => db.changeCounter.update({ where: { user_id: 'absent' }, data: { seq: 2 } })
    expect(databaseFailure(await errorOf(absent))).toBeUndefined()
  })

  test.each(['text', undefined, null, 7, {}])('is a thrown %s', (thrown) => {
    expect(databaseFailure(thrown)).toBeUndefined()
  })
})
