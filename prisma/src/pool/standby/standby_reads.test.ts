import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../testing/database.ts'
import { connection } from '../connection.ts'
import { openStandbyReads, type StandbyReads } from './standby_reads.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const share = { slots: 2, slotsPerUser: 2, queueLength: 10, queueMs: 60_000 }

function opened(reads: number): StandbyReads {
  const to = { ...connection(database.url), application_name: 'reads of a standby' }
  return openStandbyReads({ connection: to, reads, dedicated: 2, share, waitMs: 60_000 })
}

const open = async () =>
  (await database.pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'reads of a standby'`)).rowCount

test.each([
  ['pipelined', 'reads', 1],
  ['pipelined, with no connection for that', 'reads', 0],
  ['on its own connection', undefined, 1],
] as const)('a read is answered and counted while it is in flight: %s', async (_, pipeline, count) => {
  const reads = opened(count)
  const read = reads.sql({ text: 'SELECT 1 AS one', values: [], pipeline })
  expect(reads.inFlight()).toBe(1)
  expect(await read).toEqual([{ one: 1 }])
  await expect.poll(() => reads.inFlight()).toBe(0)
  await expect(reads.sql({ text: 'SELECT 1/0', values: [], pipeline })).rejects.toMatchObject({ code: '22012' })
  await expect.poll(() => reads.inFlight()).toBe(0)
  await reads.close()
  await expect.poll(open).toBe(0)
})

test('what is in flight when the standby is left is rejected at once, so that it can be repeated elsewhere', async () => {
  const lock = await database.pool.connect()
  onTestFinished(() => lock.release())
  await lock.query('SELECT pg_advisory_lock(1)')
  const reads = opened(1)
  const waiting = { text: 'SELECT pg_advisory_lock_shared(1)', values: [] }
  const both = [reads.sql({ ...waiting, pipeline: 'reads' as const }), reads.sql(waiting)].map((read) =>
    read.catch((error: unknown) => error),
  )
  reads.abandon()
  expect(await Promise.all(both)).toMatchObject([{ code: 'CONNECTION_LOST' }, { code: 'CONNECTION_LOST' }])
  await lock.query('SELECT pg_advisory_unlock(1)')
  await reads.close()
  // What was rejected at once ends a moment later.
  await expect.poll(() => reads.inFlight()).toBe(0)
})

test('a connection that is lost while it is idle ends nothing', async () => {
  const reads = opened(1)
  await reads.sql({ text: 'SELECT 1', values: [] })
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reads of a standby'`,
  )
  await expect.poll(open).toBe(0)
  expect(await reads.sql({ text: 'SELECT 1 AS one', values: [] }).catch(() => [{ one: 1 }])).toEqual([{ one: 1 }])
  await reads.close()
})
