import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@taskwire/db/testing'
import { embeddedDirectory } from '@taskwire/db/reach'
import { expect, onTestFinished, test } from 'vitest'
import { beginDatabase } from './begin_database.ts'
import { createCleanup, ShutdownRequested } from './shutdown.ts'

const log = { info: () => {} }

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  // If the tests run as root, the server's account needs access.
  await chmod(path, 0o755)
  return path
}

function openedCleanup() {
  const errors: unknown[] = []
  const cleanup = createCleanup(async (error) => void errors.push(error))
  return { cleanup, errors }
}

const pidFile = (dataDir: string) => join(embeddedDirectory(dataDir) ?? dataDir, 'postgres/data/postmaster.pid')

test('loading may begin before there is a database, and a start that fails meanwhile waits for it and stops it', async () => {
  const dataDir = await folder()
  const { cleanup, errors } = openedCleanup()
  const { held } = await beginDatabase({ DATABASE_URL: undefined, TASKWIRE_DATA_DIR: dataDir }, log, cleanup)
  expect(embeddedDirectory(dataDir)).toBeUndefined()
  await cleanup.run()
  expect(embeddedDirectory(dataDir)).toBe(dataDir)
  expect(existsSync(pidFile(dataDir))).toBe(false)
  expect((await held).url).toContain('taskwire_server')
  expect(errors).toEqual([])
})

test('a stop while the database is prepared waits for no migration, and leaves no PostgreSQL running', async () => {
  const dataDir = await folder()
  const { cleanup, errors } = openedCleanup()
  const { held } = await beginDatabase({ DATABASE_URL: undefined, TASKWIRE_DATA_DIR: dataDir }, log, cleanup)
  cleanup.begin()
  await cleanup.run()
  await expect(held).rejects.toThrow(ShutdownRequested)
  expect(existsSync(pidFile(dataDir))).toBe(false)
  expect(errors).toEqual([])
})

test('what fails before PostgreSQL starts is thrown at once', async () => {
  const file = join(await folder(), 'file')
  await writeFile(file, '')
  const { cleanup, errors } = openedCleanup()
  const begun = beginDatabase({ DATABASE_URL: undefined, TASKWIRE_DATA_DIR: file }, log, cleanup)
  await expect(begun).rejects.toMatchObject({ reason: 'embedded_unavailable' })
  await cleanup.run()
  expect(errors).toEqual([])
})

test('what fails later is thrown to whoever waits for the database, and to nobody else', async () => {
  const { cleanup, errors } = openedCleanup()
  const unreachable = 'postgres://u@127.0.0.1:9/db'
  const { held } = await beginDatabase({ DATABASE_URL: unreachable, TASKWIRE_DATA_DIR: '/dev/null' }, log, cleanup)
  await cleanup.run()
  await expect(held).rejects.toMatchObject({ reason: 'unreachable' })
  expect(errors).toEqual([])
})

test('a database at a URL is migrated, and starts nothing in the data directory', async () => {
  const database = await testDatabase()
  onTestFinished(() => database.close())
  const dataDir = await folder()
  const { cleanup } = openedCleanup()
  const { held } = await beginDatabase({ DATABASE_URL: database.url, TASKWIRE_DATA_DIR: dataDir }, log, cleanup)
  expect((await held).url).toBe(database.url)
  await cleanup.run()
  expect(existsSync(join(dataDir, 'lock'))).toBe(false)
})

test('once a stop is requested no database is started', async () => {
  const dataDir = await folder()
  const { cleanup } = openedCleanup()
  cleanup.begin()
  const begun = beginDatabase({ DATABASE_URL: undefined, TASKWIRE_DATA_DIR: dataDir }, log, cleanup)
  await expect(begun).rejects.toThrow(ShutdownRequested)
  await cleanup.run()
  expect(existsSync(join(dataDir, 'lock'))).toBe(false)
})
