import { createServer, type Server } from 'node:http'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { missing } from './debian.ts'
import { Haproxy } from './haproxy.ts'
import { listen } from './ports.ts'
import { PostgresServer } from './postgres_servers.ts'
import { until } from './until.ts'

const reason = missing('haproxy', 'postgres')

describe.skipIf(reason)(`an haproxy ${reason ?? ''}`, () => {
  test('follows the primary: after a failover the same URL accepts writes again', async () => {
    await using primary = await PostgresServer.start()
    await using standby = await primary.standby({ synchronous: true })
    await using haproxy = await Haproxy.primary({ ports: [primary.port, standby.port] })
    await until('the primary is found', async () => (await haproxy.up()).join() === String(primary.port))
    const url = new URL(primary.url)
    url.port = String(haproxy.port)
    const open = await session(url.href)
    await open.client.query('CREATE TABLE lives AS SELECT 1 AS id')

    // A primary that hangs closes no connection, so haproxy has to.
    primary.freeze()
    await standby.promote()
    await until('the standby is found', async () => (await haproxy.up()).join() === String(standby.port))
    await until('the old connection is cut', () => open.lost)
    const { client } = await session(url.href)
    await client.query('INSERT INTO lives VALUES (2)')
    expect((await client.query('SELECT id FROM lives')).rows).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('sends requests only to ready servers, and again to a server that has become ready', async () => {
    const [one, other] = [await startServer('one'), await startServer('other')]
    await using haproxy = await Haproxy.http({ ports: [one.port, other.port], checkMs: 100 })
    await until('both are up', async () => (await haproxy.up()).length === 2)
    expect(await answerers(haproxy)).toEqual(['one', 'other'])
    one.ready = false
    await until('one is out', async () => (await haproxy.up()).length === 1)
    expect(await answerers(haproxy)).toEqual(['other'])
    one.ready = true
    await until('one is back', async () => (await haproxy.up()).length === 2)
    expect(await answerers(haproxy)).toEqual(['one', 'other'])
  })

  test('does not retry requests, so a server that closes its port between two checks makes requests fail', async () => {
    const [one, other] = [await startServer('one'), await startServer('other')]
    await using haproxy = await Haproxy.http({ ports: [one.port, other.port], checkMs: 5000 })
    await until('both are up', async () => (await haproxy.up()).length === 2)
    one.http.closeAllConnections()
    one.http.close()
    expect(await answerers(haproxy)).toEqual(['503', 'other'])
  })
})

async function session(url: string): Promise<{ client: Client; lost: boolean }> {
  const client = new Client({ connectionString: url })
  const seen = { client, lost: false }
  client.on('error', () => (seen.lost = true))
  client.on('end', () => (seen.lost = true))
  await client.connect()
  onTestFinished(() => void client.end().catch(() => {}))
  return seen
}

async function startServer(name: string): Promise<{ http: Server; port: number; ready: boolean }> {
  const server = {
    http: createServer(({ url }, response) => {
      response.statusCode = url === '/health/ready' && !server.ready ? 503 : 200
      response.end(name)
    }),
    port: 0,
    ready: true,
  }
  server.port = await listen(server.http)
  onTestFinished(() => void server.http.close())
  return server
}

/** The names of the servers that respond to ten requests, or the status of a failure. */
async function answerers(haproxy: Haproxy): Promise<string[]> {
  const seen = new Set<string>()
  for (let i = 0; i < 10; i += 1) {
    const answer = await fetch(`http://127.0.0.1:${haproxy.port}/`, { headers: { connection: 'close' } })
    const text = await answer.text()
    seen.add(answer.ok ? text : String(answer.status))
  }
  return [...seen].toSorted()
}
