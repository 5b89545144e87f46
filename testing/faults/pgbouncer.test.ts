import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { missing } from './debian.ts'
import { PgBouncer, type PgBouncerOptions } from './pgbouncer.ts'
import { PostgresServer } from './postgres_servers.ts'
import { until } from './until.ts'

const reason = missing('postgres', 'pgbouncer')

describe.skipIf(reason)(`a PgBouncer ${reason ?? ''}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function startPooler(options: Omit<PgBouncerOptions, 'url'>): Promise<PgBouncer> {
    const pooler = await PgBouncer.start({ url: server.url, ...options })
    onTestFinished(() => pooler[Symbol.asyncDispose]())
    return pooler
  }

  async function session(pooler: PgBouncer): Promise<Client> {
    const client = new Client({ connectionString: pooler.url })
    client.on('error', () => {})
    onTestFinished(() => void client.end().catch(() => {}))
    await client.connect()
    return client
  }

  const backend = async (client: Client) => (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid

  test('in transaction mode clients share one connection, and a setting leaks from one to the other', async () => {
    const pooler = await startPooler({ mode: 'transaction', settings: { default_pool_size: 1 } })
    const [one, other] = [await session(pooler), await session(pooler)]
    await one.query("SET lock_timeout = '7s'")
    expect(await backend(other)).toBe(await backend(one))
    expect((await other.query('SHOW lock_timeout')).rows).toEqual([{ lock_timeout: '7s' }])
  })

  test('in session mode each client has a connection of its own', async () => {
    const pooler = await startPooler({ mode: 'session' })
    const [one, other] = [await session(pooler), await session(pooler)]
    expect(await backend(other)).not.toBe(await backend(one))
  })

  test('a statement that waits too long for a connection fails with 08P01 query_wait_timeout', async () => {
    const pooler = await startPooler({ mode: 'transaction', settings: { default_pool_size: 1, query_wait_timeout: 1 } })
    const [one, other] = [await session(pooler), await session(pooler)]
    await one.query('BEGIN')
    await expect(other.query('SELECT 1')).rejects.toMatchObject({ code: '08P01', message: 'query_wait_timeout' })
  })

  test('the loss of the server is 08P01 for running statements and for new connections', async () => {
    await using lost = await PostgresServer.start()
    const settings = { server_login_retry: 1, query_wait_timeout: 3 }
    const pooler = await PgBouncer.start({ url: lost.url, mode: 'transaction', settings })
    onTestFinished(() => pooler[Symbol.asyncDispose]())
    const [one, other] = [await session(pooler), await session(pooler)]
    const told: Error[] = []
    one.on('error', (error) => told.push(error))
    await one.query('BEGIN')
    await lost.stop('kill')
    expect(await until('the one at work is told', () => told[0])).toMatchObject({
      code: '08P01',
      message: 'server conn crashed?',
    })
    await expect(other.query('SELECT 1')).rejects.toMatchObject({ code: '08P01' })
  })

  test('its console reports how many clients wait', async () => {
    const pooler = await startPooler({ mode: 'transaction' })
    await session(pooler)
    const pools = await pooler.command('SHOW POOLS')
    expect(pools.find(({ database }) => database === 'postgres')).toMatchObject({
      cl_waiting: 0,
      pool_mode: 'transaction',
    })
  })
})
