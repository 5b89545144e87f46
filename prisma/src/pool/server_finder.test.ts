import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { TcpProxy } from '@taskwire/faults'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { pretendStandby } from '../../testing/pretend_standby.ts'
import { connection } from './connection.ts'
import { databaseAddress } from './database_url.ts'
import { serverFinder, type ServerFinder } from './server_finder.ts'

const WITHIN_MS = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

function finder(): ServerFinder {
  return serverFinder(databaseAddress(database.url), connection(database.url))
}

test('what was found holds for a second, and then it is looked for again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const servers = finder()
  const found = servers.find(WITHIN_MS)
  expect(servers.find(WITHIN_MS)).toBe(found)
  await found
  vi.advanceTimersByTime(1000)
  expect(servers.find(WITHIN_MS)).toBe(found)
  vi.advanceTimersByTime(1)
  const again = servers.find(WITHIN_MS)
  expect(again).not.toBe(found)
  expect(await again).toEqual(await found)
})

test('the connection on which a server was asked is closed', async () => {
  const open = async () => {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'the finder'`,
    )
    return rows[0]?.count
  }
  const config = { ...connection(database.url), application_name: 'the finder' }
  await serverFinder(databaseAddress(database.url), config).find(WITHIN_MS)
  await expect.poll(open).toBe(0)
})

/** A finder over several addresses, and what it logs. */
function finderOf(hosts: readonly string[], target = 'any') {
  const { username, password, pathname } = new URL(database.url)
  const several = `postgresql://${username}:${password}@${hosts.join(',')}${pathname}?target_session_attrs=${target}`
  const { url, ...address } = databaseAddress(several)
  const lines: string[] = []
  return { lines, ...serverFinder({ ...address, url }, connection(url), (line) => lines.push(line)) }
}

const closedPort = '127.0.0.1:1'

test('that no server was found holds for a fifth of a second', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const servers = finderOf([closedPort, closedPort])
  const none = servers.find(WITHIN_MS)
  await expect(none).rejects.toMatchObject({ code: 'NO_SERVER', message: expect.stringContaining('127.0.0.1:1: ') })
  vi.advanceTimersByTime(200)
  expect(servers.find(WITHIN_MS)).toBe(none)
  vi.advanceTimersByTime(1)
  const again = servers.find(WITHIN_MS)
  expect(again).not.toBe(none)
  await expect(again).rejects.toThrow()
})

test('what was found is forgotten when it turns out to be wrong, but not a search that goes on', async () => {
  const servers = finder()
  const search = servers.find(WITHIN_MS)
  servers.forget()
  expect(servers.find(WITHIN_MS)).toBe(search)
  await search
  servers.forget()
  const again = servers.find(WITHIN_MS)
  expect(again).not.toBe(search)
  await again
})

test('a search ends in its time where no server answers, and closes what it has opened', async () => {
  await using proxy = await TcpProxy.inFrontOf(database.url)
  proxy.blackHole()
  const servers = finderOf([`127.0.0.1:${proxy.port}`])
  await expect(servers.find(50)).rejects.toMatchObject({
    code: 'NO_SERVER',
    message: expect.stringMatching(/no answer in time|terminated/),
  })
  proxy.restore()
  await expect.poll(() => proxy.open).toBe(0)
})

test('a server that answers ends the questions to those before it that do not', async () => {
  await using silent = await TcpProxy.inFrontOf(database.url)
  await using proxy = await TcpProxy.inFrontOf(database.url)
  silent.blackHole()
  const servers = finderOf([`127.0.0.1:${silent.port}`, `127.0.0.1:${proxy.port}`])
  const sockets = watchedSockets(silent.port)
  expect(await servers.find(WITHIN_MS)).toMatchObject({ port: proxy.port })
  await expect.poll(() => sockets.length > 0 && sockets.every((socket) => socket.destroyed)).toBe(true)
})

test('another server than before is logged', async () => {
  await using first = await TcpProxy.inFrontOf(database.url)
  await using second = await TcpProxy.inFrontOf(database.url)
  const servers = finderOf([`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`])
  const { port } = await servers.find(WITHIN_MS)
  expect(servers.lines).toEqual([])
  const [at, other] = port === first.port ? [first, second] : [second, first]
  await at.refuse()
  servers.forget()
  expect(await servers.find(WITHIN_MS)).toMatchObject({ port: other.port })
  expect(servers.lines).toEqual([`the database is now 127.0.0.1:${other.port}, after 127.0.0.1:${port}`])
})

test('where a server has no connection left, the search fails with that, so that connections are shared', async () => {
  await using full = await TcpProxy.inFrontOf(database.url)
  full.inject({ at: 'start-up', severity: 'FATAL', code: '53300', message: 'too many clients', times: Infinity })
  await expect(finderOf([closedPort, `127.0.0.1:${full.port}`]).find(WITHIN_MS)).rejects.toMatchObject({
    code: '53300',
  })
})

test('a server that is read-only is found only where nobody wants to write', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  onTestFinished(async () => {
    await database.pool.query(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET ALL; COMMIT`)
  })
  await using proxy = await TcpProxy.inFrontOf(database.url)
  const at = `127.0.0.1:${proxy.port}`
  await expect(finderOf([at], 'read-write').find(WITHIN_MS)).rejects.toThrow('is read-only')
  expect(await finderOf([at], 'primary').find(WITHIN_MS)).toMatchObject({ port: proxy.port })
  expect(await finderOf([at], 'any').find(WITHIN_MS)).toMatchObject({ port: proxy.port })
})

test('a standby is found only where anything will do', async () => {
  const standby = await pretendStandby()
  await using proxy = await TcpProxy.inFrontOf(standby.url)
  const { username, password, pathname } = new URL(standby.url)
  const of = (target: string) => {
    const at = `postgresql://${username}:${password}@127.0.0.1:${proxy.port}${pathname}?target_session_attrs=${target}`
    const address = databaseAddress(at)
    return serverFinder(address, connection(address.url)).find(WITHIN_MS)
  }
  await expect(of('primary')).rejects.toThrow('is a standby')
  await expect(of('read-write')).rejects.toThrow('is a standby')
  expect(await of('any')).toMatchObject({ port: proxy.port })
})

/** The sockets that are connected to a port from now on, as Node reports them. */
function watchedSockets(port: number): Socket[] {
  const sockets: Socket[] = []
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => socket.remotePort === port && sockets.push(socket))
  }
  subscribe('net.client.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  return sockets
}
