import { existsSync } from 'node:fs'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { missing } from './debian.ts'
import { type PostgresOptions, PostgresServer, type StandbyOptions } from './postgres_servers.ts'
import { until } from './until.ts'

const reason = missing('postgres')

async function startServer(options?: PostgresOptions): Promise<PostgresServer> {
  const server = await PostgresServer.start(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function standbyOf(primary: PostgresServer, options?: StandbyOptions): Promise<PostgresServer> {
  const standby = await primary.standby(options)
  onTestFinished(() => standby[Symbol.asyncDispose]())
  return standby
}

/** A persistent connection, and a way to see whether a statement on it has finished. */
async function session(url: string) {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => void client.end().catch(() => {}))
  return (text: string) => {
    const seen = { outcome: '' }
    client.query(text).then(
      () => (seen.outcome = 'answered'),
      (error: Error) => (seen.outcome = error.message),
    )
    return seen
  }
}

describe.skipIf(reason)(`a throwaway PostgreSQL ${reason ?? ''}`, () => {
  test('runs without root on its own port with the given settings, and leaves nothing behind', async () => {
    const server = await PostgresServer.start({ settings: { max_connections: '7' } })
    const [row] = await server.query(
      `SELECT current_setting('max_connections') AS max, current_setting('data_directory') AS data`,
    )
    expect(row).toMatchObject({ max: '7' })
    expect(server.port).not.toBe(5432)
    expect(existsSync(String(row?.['data']))).toBe(true)
    await server[Symbol.asyncDispose]()
    expect(existsSync(String(row?.['data']))).toBe(false)
    await expect(server.query('SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('keeps committed data through an immediate stop and through SIGKILL', async () => {
    const server = await startServer()
    await server.query('CREATE TABLE kept (id int)')
    await server.query('INSERT INTO kept VALUES (1)')
    await server.restart('immediate')
    await server.query('INSERT INTO kept VALUES (2)')
    await server.restart('kill')
    expect(await server.query('SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(server.log()).toContain('automatic recovery in progress')
  })

  test('responds to nothing while it is frozen and to everything afterwards', async () => {
    const server = await startServer()
    const ask = await session(server.url)
    server.freeze()
    const frozen = ask('SELECT 1')
    const fresh = new Client({ connectionString: server.url, connectionTimeoutMillis: 200 })
    // The kernel accepts the connection, but the server sends nothing.
    await expect(fresh.connect()).rejects.toThrow('timeout')
    expect(frozen.outcome).toBe('')
    server.thaw()
    await until('the answer', () => frozen.outcome === 'answered')
  })

  test('can be disposed of while it is frozen', async () => {
    const server = await PostgresServer.start()
    server.freeze()
    await server[Symbol.asyncDispose]()
    expect(server.running()).toBe(false)
  })

  test('a standby follows its primary, rejects writes, and accepts them once it is promoted', async () => {
    const primary = await startServer()
    const standby = await standbyOf(primary)
    await primary.query('CREATE TABLE followed AS SELECT 1 AS id')
    await until('the row is there', async () => (await standby.query('SELECT * FROM followed')).length === 1)
    await expect(standby.query('INSERT INTO followed VALUES (2)')).rejects.toMatchObject({ code: '25006' })
    await primary.stop('immediate')
    await standby.promote()
    await standby.query('INSERT INTO followed VALUES (2)')
  })

  test('with a synchronous standby, a commit is acknowledged only after the standby has it', async () => {
    const primary = await startServer()
    const standby = await standbyOf(primary, { synchronous: true })
    const ask = await session(primary.url)
    await primary.query('CREATE TABLE safe (id int)')
    standby.freeze()
    const waiting = ask('INSERT INTO safe VALUES (1)')
    const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
    await until('the commit waits', async () => (await primary.query(waits)).length === 1)
    expect(waiting.outcome).toBe('')
    standby.thaw()
    await until('the answer', () => waiting.outcome === 'answered')
    await primary.stop('kill')
    await standby.promote()
    expect(await standby.query('SELECT * FROM safe')).toEqual([{ id: 1 }])
  })
})
