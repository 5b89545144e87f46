import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connection } from '../pool/connection.ts'
import { openLog } from './postmaster.ts'
import { type Embedded, startEmbedded } from './start.ts'

let dataDir: string
const started: Embedded[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tw-'))
  // If the tests run as root, the server's account needs access.
  await chmod(dataDir, 0o755)
})

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ stop }) => stop()))
  await rm(dataDir, { recursive: true, force: true })
})

async function start(directory = dataDir, log?: (line: string) => void): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir: directory, log })
  started.push(embedded)
  return embedded
}

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(connection(url))
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

function pidFile(directory = dataDir): string {
  return join(directory, 'postgres/data/postmaster.pid')
}

async function postmaster(): Promise<number> {
  return Number((await readFile(pidFile(), 'utf8')).split('\n')[0])
}

test('processes that start at once share one server, and the last to disconnect stops it', async () => {
  const lines: string[] = []
  const [first, second] = await Promise.all([start(dataDir, (line) => lines.push(line)), start()])
  expect(second.url).toBe(first.url)
  await first.stop()
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await second.stop()
  expect(existsSync(pidFile())).toBe(false)
  // A connection that its process has ended is no server that has died.
  expect(lines).toEqual([])
})

test('the server is configured as documented', async () => {
  const { url } = await start()
  const names = [
    'server_encoding',
    'fsync',
    'full_page_writes',
    'data_checksums',
    'statement_timeout',
    'max_connections',
  ]
  const sql = names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')
  expect(await query(url, `SELECT ${sql}`)).toEqual([
    {
      server_encoding: 'UTF8',
      fsync: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      statement_timeout: '15s',
      max_connections: '200',
    },
  ])
  const letters = await query(url, `SELECT lower('ÄÉЖ') AS lower, 'a' < 'B' AS dictionary`)
  expect(letters).toEqual([{ lower: 'äéж', dictionary: false }])
})

test('it requires its password, which only its account can read', async () => {
  const { url } = await start()
  const wrong = url.replace(/:[0-9a-f]+@/, ':wrong@')
  await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
  expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(dataDir, 'postgres/password'))).mode & 0o777).toBe(0o600)
})

test('a server left by a killed process is reused, with every acknowledged write', async () => {
  const code = `const { startEmbedded } = await import(${JSON.stringify(import.meta.resolve('./start.ts'))})
    const { url } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  await query(String(line).trim(), 'CREATE TABLE kept AS SELECT 42 AS answer')
  const pid = await postmaster()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { url } = await start()
  expect(await postmaster()).toBe(pid)
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('a server that dies is started again under the same address, each time', async () => {
  let restarts = 0
  const { url } = await start(dataDir, (line) => line.endsWith('is running again') && restarts++)
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  for (const count of [1, 2]) {
    process.kill(await postmaster(), 'SIGKILL')
    await expect.poll(() => restarts).toBe(count)
  }
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('a stale postmaster.pid that names another running process does not prevent the start', async () => {
  const { stop } = await start()
  await stop()
  await writeFile(pidFile(), `${process.pid}\n${join(dataDir, 'postgres/data')}\n1\n5432\n..\n\n`)
  const { url } = await start()
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('when the path is too long for a socket, it listens on loopback and keeps its port after a crash', async () => {
  const deep = join(dataDir, 'a'.repeat(60), 'b'.repeat(60))
  await mkdir(deep, { recursive: true })
  const { promise: restarted, resolve } = Promise.withResolvers<void>()
  const { url } = await start(deep, (line) => line.endsWith('is running again') && resolve())
  expect(url).toMatch(/@127\.0\.0\.1:\d+\/taskwire\?sslmode=disable$/)
  process.kill(Number((await readFile(pidFile(deep), 'utf8')).split('\n')[0]), 'SIGKILL')
  await restarted
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a cluster that does not start is reported in one line that names the log', async () => {
  const { stop } = await start()
  await stop()
  await writeFile(join(dataDir, 'postgres/data/PG_VERSION'), '9\n')
  await expect(start()).rejects.toMatchObject({
    reason: 'embedded_unavailable',
    message: expect.stringMatching(
      /^the embedded PostgreSQL in .*database files are incompatible.*server\.log.*DATABASE_URL/,
    ),
  })
})

test.runIf(process.getuid?.() === 0)('as root under a closed directory it lives in /var/lib/taskwire', async () => {
  await chmod(dataDir, 0o700)
  const lines: string[] = []
  const first = await start(dataDir, (line) => lines.push(line))
  const instance = (await readFile(join(dataDir, 'postgres.path'), 'utf8')).trim()
  try {
    expect(instance).toMatch(/^\/var\/lib\/taskwire\/[0-9a-f]{16}$/)
    expect(lines).toEqual([expect.stringContaining(instance)])
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start()
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.stop()
    await rm(instance, { recursive: true })
    await expect(start()).rejects.toMatchObject({ message: expect.stringContaining(`${instance}, which is gone`) })
  } finally {
    await rm(instance, { recursive: true, force: true })
  }
})

test('a log of the embedded server that has grown to 5 MB begins anew', async () => {
  const log = join(dataDir, 'server.log')
  for (const [size, kept] of [
    [5_000_000, 5_000_000],
    [5_000_001, 0],
  ] as const) {
    await writeFile(log, Buffer.alloc(size))
    closeSync(openLog(log))
    expect((await stat(log)).size).toBe(kept)
  }
})

test('a log of the embedded server that cannot be opened is said in one line', () => {
  expect(() => openLog('/dev/null/taskwire/server.log')).toThrow(
    /^\/dev\/null\/taskwire cannot be written \(.*TASKWIRE_DATA_DIR$/,
  )
})

test('a data directory that cannot be written is said in one line', async () => {
  await expect(startEmbedded({ dataDir: '/dev/null/taskwire' })).rejects.toMatchObject({
    reason: 'embedded_unavailable',
    message: expect.stringMatching(
      /^\/dev\/null\/taskwire cannot be written \(.*\): give it to the user .*TASKWIRE_DATA_DIR$/,
    ),
  })
})
