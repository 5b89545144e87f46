import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { POSTGRES_ERRORS } from './postgres_errors.ts'
import { TcpProxy } from './tcp_proxy.ts'
import { until } from './until.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databases: { server: string; template: string }
  }
}

// The kit knows nothing of the product, so it makes its database itself, by a name that the next run would clean up.
const { server } = inject('databases')
const name = `taskwire_test_${Date.now()}_${randomBytes(4).toString('hex')}`
const database = { url: Object.assign(new URL(server), { pathname: `/${name}` }).href }

async function onServer(text: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query(text)
  await client.end()
}

beforeAll(() => onServer(`CREATE DATABASE ${name}`))
afterAll(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`))

async function startProxy(): Promise<TcpProxy> {
  const proxy = await TcpProxy.inFrontOf(database.url)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  return proxy
}

async function session(proxy: TcpProxy): Promise<Client & { lost?: Error }> {
  const client: Client & { lost?: Error } = new Client({ connectionString: proxy.through(database.url) })
  client.on('error', (error) => (client.lost ??= error))
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  return client
}

const disk_full = { code: '53100', severity: 'ERROR' }

test('the next statement fails with the given error, and the one after it succeeds', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  const fault = proxy.inject(POSTGRES_ERRORS.disk_full)
  await expect(client.query('SELECT 1')).rejects.toMatchObject({
    ...disk_full,
    message: 'could not extend file: No space left on device',
  })
  expect((await client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
  expect(fault.hits).toBe(1)
})

test('a fault can be limited to a number of times or last until it is removed', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  const outcomes = async (count: number) => {
    const results = []
    for (let i = 0; i < count; i += 1) {
      results.push(
        await client.query('SELECT $1::int', [i]).then(
          () => 'ok',
          ({ code }: { code: string }) => code,
        ),
      )
    }
    return results
  }
  proxy.inject({ ...POSTGRES_ERRORS.lock_timeout, times: 2 })
  expect(await outcomes(3)).toEqual(['55P03', '55P03', 'ok'])
  const lasting = proxy.inject({ ...POSTGRES_ERRORS.read_only, times: Infinity })
  expect(await outcomes(3)).toEqual(['25006', '25006', '25006'])
  lasting.remove()
  expect(await outcomes(1)).toEqual(['ok'])
})

test('only statements with a matching text fail, whether simple, parameterized or prepared', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  const prepared = { name: 'three', text: 'SELECT 3 AS wanted' }
  await client.query(prepared)
  const fault = proxy.inject({ ...POSTGRES_ERRORS.statement_timeout, matching: /wanted/, times: Infinity })
  await expect(client.query('SELECT 1 AS wanted')).rejects.toMatchObject({ code: '57014' })
  await expect(client.query('SELECT $1::int AS wanted', [2])).rejects.toMatchObject({ code: '57014' })
  await expect(client.query(prepared)).rejects.toMatchObject({ code: '57014' })
  expect((await client.query('SELECT 4 AS other')).rows).toEqual([{ other: 4 }])
  expect(fault.hits).toBe(3)
})

test("an error in a transaction rolls it back, as the server's own errors do", async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  await client.query('CREATE TABLE kept (id int)')
  await client.query('BEGIN')
  await client.query('INSERT INTO kept VALUES (1)')
  proxy.inject({ ...POSTGRES_ERRORS.disk_full, matching: /INSERT/ })
  await expect(client.query('INSERT INTO kept VALUES ($1)', [2])).rejects.toMatchObject(disk_full)
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' })
  await client.query('COMMIT')
  expect((await client.query('SELECT * FROM kept')).rows).toEqual([])
})

test('a commit that fails leaves nothing behind', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  await client.query('CREATE TABLE committed (id int)')
  proxy.inject({ ...POSTGRES_ERRORS.disk_full, at: 'sync', matching: /INSERT INTO committed/ })
  await expect(client.query('INSERT INTO committed VALUES ($1)', [1])).rejects.toMatchObject(disk_full)
  expect((await client.query('SELECT * FROM committed')).rows).toEqual([])
})

test('of pipelined statements only the matching one fails, and each gets its own response', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  proxy.inject({ ...POSTGRES_ERRORS.stale_plan, at: 'bind', matching: /AS n3/ })
  const answers = await pipelined(client, ['n1', 'n2', 'n3', 'n4', 'n5'])
  expect(answers).toEqual(['n1', 'n2', '0A000', 'n4', 'n5'])
})

test('a fatal error closes the connection after the pending responses', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  proxy.inject({ ...POSTGRES_ERRORS.pooler_lost_server, matching: /AS n2/ })
  expect(await pipelined(client, ['n1', 'n2', 'n3'])).toEqual(['n1', '08P01', 'closed'])
  await until('it is gone', () => proxy.open === 0)
})

test('a new connection fails with the given error and never reaches the server', async () => {
  const proxy = await startProxy()
  proxy.inject({ ...POSTGRES_ERRORS.wrong_password, at: 'start-up' })
  proxy.inject({ ...POSTGRES_ERRORS.too_many_connections, at: 'start-up' })
  await expect(session(proxy)).rejects.toMatchObject({ code: '28P01', severity: 'FATAL' })
  await expect(session(proxy)).rejects.toMatchObject({ code: '53300' })
  await session(proxy)
})

test('open sessions can receive a shutdown message of the server', async () => {
  const proxy = await startProxy()
  const clients = await Promise.all([session(proxy), session(proxy)])
  proxy.terminate(POSTGRES_ERRORS.admin_shutdown)
  await until('both know', () => clients.every(({ lost }) => lost !== undefined))
  expect(clients.map(({ lost }) => lost)).toMatchObject([{ code: '57P01' }, { code: '57P01' }])
})

test('a connection that is cut before the response leaves the write done without its client knowing', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  await client.query('CREATE TABLE unknown (id int)')
  const cut = proxy.cutAt({ direction: 'toClient', type: 'C', matching: /INSERT/, place: 'before', how: 'reset' })
  await expect(client.query('INSERT INTO unknown VALUES ($1)', [1])).rejects.toThrow(/ECONNRESET|terminated/)
  const other = await session(proxy)
  await until('the write', async () => (await other.query('SELECT * FROM unknown')).rowCount === 1)
  expect(cut.hits).toBe(1)
})

test('a connection that is cut before the write arrives prevents the write', async () => {
  const proxy = await startProxy()
  const client = await session(proxy)
  await client.query('CREATE TABLE never (id int)')
  proxy.cutAt({ direction: 'toServer', type: 'P', matching: /INSERT/, place: 'before', how: 'fin' })
  await expect(client.query('INSERT INTO never VALUES ($1)', [1])).rejects.toThrow(/terminated/)
  expect((await (await session(proxy)).query('SELECT * FROM never')).rows).toEqual([])
})

test('injection requires a proxy that parses the protocol', async () => {
  await using proxy = await TcpProxy.start({ target: { port: 1 } })
  expect(() => proxy.inject(POSTGRES_ERRORS.disk_full)).toThrow("protocol: 'postgresql'")
})

interface Wire {
  parse(query: { name: string; text: string }, more: boolean): void
  bind(config: { portal: string; statement: string; values: unknown[] }, more: boolean): void
  execute(config: { portal: string; rows: number }, more: boolean): void
  sync(): void
  on(event: string, listener: (message: { code?: string; fields?: unknown[] }) => void): void
}

/** Sends all statements at once, each with a Sync, and resolves to the value or SQLSTATE of each response. */
async function pipelined(client: Client, names: readonly string[]): Promise<string[]> {
  const wire = (client as unknown as { connection: Wire & NodeJS.EventEmitter }).connection
  // pg itself expects only responses to its own queries.
  for (const event of ['dataRow', 'errorMessage', 'commandComplete', 'readyForQuery']) wire.removeAllListeners(event)
  const answers: string[] = []
  let current = ''
  wire.on('dataRow', ({ fields = [] }) => (current = String(fields[0])))
  wire.on('errorMessage', ({ code = '' }) => (current = code))
  const settled = new Promise<void>((resolve) => {
    wire.on('readyForQuery', () => answers.push(current) === names.length && resolve())
    wire.on('end', () => {
      answers.push(current, 'closed')
      resolve()
    })
  })
  for (const name of names) {
    wire.parse({ name: '', text: `SELECT '${name}' AS ${name}` }, true)
    wire.bind({ portal: '', statement: '', values: [] }, true)
    wire.execute({ portal: '', rows: 0 }, true)
    wire.sync()
  }
  await settled
  return answers
}
