import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabase, onServer } from '../testing/database.ts'
import { openMigratedDatabase } from './open.ts'
import { embeddedDirectory, holdMigratedDatabase, reachDatabase } from './reach.ts'

const log = () => {}
const BREAKING = `INSERT INTO taskwire._prisma_migrations (id, checksum, migration_name, finished_at, logs)
  VALUES ('1', '', '29990101000000_breaking', now(), 'breaking: needs 9.9.9')`

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  await chmod(path, 0o755)
  return path
}

async function empty(): Promise<string> {
  const { url, drop } = await emptyDatabase()
  onTestFinished(drop)
  return url
}

const isMigrated = (url: string) =>
  onServer(url, async (client) => {
    const { rows } = await client.query<{ is: boolean }>(`SELECT to_regclass('taskwire.task') IS NOT NULL AS is`)
    return rows[0]?.is
  })

test('a database at a URL is migrated and opened, and a server that runs already goes on with a newer one', async () => {
  const url = await empty()
  const options = { url, dataDir: '/dev/null', log, poolMax: 2, waitMs: 60_000 }
  const database = await openMigratedDatabase(options)
  expect(await database.db.task.count()).toBe(0)
  await database.close()
  await onServer(url, (client) => client.query(BREAKING))
  await expect(openMigratedDatabase(options)).rejects.toMatchObject({ reason: 'outdated_version' })
  const running = await openMigratedDatabase({ ...options, mayBeOutdated: true })
  expect(await running.db.task.count()).toBe(0)
  await running.close()
})

test('a database at a URL is reached as it is, and held once it is migrated', async () => {
  const url = await empty()
  const options = { url, dataDir: '/dev/null', log }
  const reached = await reachDatabase(options)
  expect(reached).toMatchObject({ url, connections: 0 })
  await reached.close()
  expect(await isMigrated(url)).toBe(false)
  const held = await holdMigratedDatabase(options)
  expect(await isMigrated(url)).toBe(true)
  await held.close()
})

test('the embedded server ends with what holds it, and where that cannot start, open or close its connections', async () => {
  const dataDir = await folder()
  const options = { url: undefined, dataDir, log }
  const isRunning = () => existsSync(join(embeddedDirectory(dataDir) ?? dataDir, 'postgres/data/postmaster.pid'))
  await expect(openMigratedDatabase({ ...options, readUrl: 'postgresql://u@a:none/db' })).rejects.toThrow('ports')
  expect(isRunning()).toBe(false)
  const ended = await openMigratedDatabase(options)
  await ended.pool.end()
  await expect(ended.close()).rejects.toThrow('end')
  expect(isRunning()).toBe(false)
  const database = await openMigratedDatabase({ ...options, asOwner: true, waitMs: 60_000 })
  expect(isRunning()).toBe(true)
  await database.pool.query(BREAKING)
  await Promise.all([database.close(), database.close()])
  expect(isRunning()).toBe(false)
  await database.close()
  await expect(openMigratedDatabase(options)).rejects.toMatchObject({ reason: 'outdated_version' })
  expect(isRunning()).toBe(false)
  await expect(holdMigratedDatabase(options)).rejects.toMatchObject({ reason: 'outdated_version' })
  expect(isRunning()).toBe(false)
  const reached = await reachDatabase(options)
  expect(reached.connections).toBe(1)
  expect(isRunning()).toBe(true)
  await reached.close()
  expect(isRunning()).toBe(false)
})

test('the embedded database is in its data directory, or where that says', async () => {
  const dataDir = await folder()
  expect(embeddedDirectory(dataDir)).toBeUndefined()
  await mkdir(join(dataDir, 'postgres/data'), { recursive: true })
  expect(embeddedDirectory(dataDir)).toBe(dataDir)
  await writeFile(join(dataDir, 'postgres.path'), '/var/lib/taskwire/x\n')
  expect(embeddedDirectory(dataDir)).toBe('/var/lib/taskwire/x')
})
