import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { POSTGRES_ERRORS, TcpProxy } from '@taskwire/faults'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultServer, operationsOf, type FaultServer } from '../../testing/fault_server.ts'

let database: TestDatabase
let proxy: TcpProxy
let app: FaultServer
let operations: Awaited<ReturnType<typeof operationsOf>>
beforeAll(async () => {
  database = await testDatabase()
  proxy = await TcpProxy.inFrontOf(database.url)
  app = await faultServer(proxy.through(database.url))
  operations = await operationsOf(app, 'ada')
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
  await database.close()
})

type Operations = Record<string, () => Promise<LightMyRequestResponse>>

async function outcomes(some: Operations) {
  const entries = Object.entries(some).map(async ([name, ask]) => {
    const { statusCode, headers } = await ask()
    return [name, statusCode === 503 ? `503 after ${String(headers['retry-after'])}` : statusCode] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

const all = (some: Operations, outcome: unknown) => Object.fromEntries(Object.keys(some).map((name) => [name, outcome]))

async function expectRecovery() {
  await expect.poll(() => app.ready()).toBe(200)
  await expect.poll(async () => (await operations.reads.list()).statusCode).toBe(200)
}

const onlyWrites: readonly string[] = ['disk_full', 'read_only']
const startUp: readonly string[] = ['wrong_password', 'cannot_connect_now', 'pooler_login_retry']
const errors = Object.entries(POSTGRES_ERRORS).filter(
  ([name]) => !onlyWrites.includes(name) && name !== 'stale_plan' && name !== 'too_many_connections',
)

describe('an error of the database is 503 with Retry-After on every operation, and not ready', () => {
  test.each(errors)('%s', async (name, error) => {
    await expectRecovery()
    if (startUp.includes(name)) proxy.cut('reset')
    const fault = proxy.inject({ ...error, times: Infinity, ...(startUp.includes(name) ? { at: 'start-up' } : {}) })
    const every = { ...operations.reads, ...operations.writes }
    const seen = await outcomes(every)
    const ready = await app.ready()
    fault.remove()
    expect(seen).toEqual(all(every, '503 after 1'))
    expect(ready).toBe(503)
    await expectRecovery()
  })
})

describe('where only writes fail, reads go on, and the server is not ready', () => {
  test.each(
    onlyWrites.map((name) => [name, POSTGRES_ERRORS[name === 'disk_full' ? 'disk_full' : 'read_only']] as const),
  )('%s', async (_, error) => {
    await expectRecovery()
    const fault = proxy.inject({ ...error, times: Infinity, matching: /\b(INSERT|UPDATE|DELETE|CREATE)\b/ })
    const writes = await outcomes(operations.writes)
    const reads = await outcomes(operations.reads)
    const ready = await app.ready()
    fault.remove()
    expect(writes).toEqual(all(operations.writes, '503 after 1'))
    expect(reads).toEqual(all(operations.reads, 200))
    expect(ready).toBe(503)
    await expectRecovery()
  })
})

test('a stale plan is no error on any operation', async () => {
  await Promise.all(Array.from({ length: 30 }, () => outcomes({ ...operations.reads, ...operations.writes })))
  const { pool } = database
  await pool.query('ALTER TABLE taskwire.task ALTER COLUMN title TYPE text')
  const seen = await Promise.all(
    Array.from({ length: 5 }, () =>
      outcomes({
        ...operations.reads,
        create: operations.writes.create,
        update: operations.writes.update,
        toggle: operations.writes.toggle,
      }),
    ),
  )
  await pool.query('ALTER TABLE taskwire.task ALTER COLUMN title TYPE varchar(200)')
  const refused = seen.flatMap((statuses) =>
    Object.entries(statuses).filter(([, status]) => Number(status) >= 400 || typeof status === 'string'),
  )
  expect(refused).toEqual([])
})
