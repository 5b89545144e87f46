import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { missing, PostgresServer, trialsOfRun, until } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signUp, type Person } from '../../testing/backup/person.ts'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { assertRestored, startWriters, statedTime, type Writers } from '../../testing/backup/trial.ts'
import { openTemporaryDirectory } from '../../testing/compatibility/archive.ts'
import { startServer } from '../../testing/compatibility/server_process.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const MINUTE = 60_000
const PEOPLE = 6
/** Of each of them. */
const WRITERS = 2
/** What is written before a backup begins: a server that has just started is slow. */
const WRITTEN_BEFORE = 2000
let directory: string

beforeAll(async () => {
  directory = await openTemporaryDirectory()
})
afterAll(() => rm(directory, { recursive: true }))

test.skipIf(missing('postgres') !== undefined)(
  'no backup of a server under full load misses an acknowledged write, in an embedded database or in PostgreSQL 15',
  { timeout: 3_600_000 },
  async () => {
    await using own = await PostgresServer.start()
    for (let trial = 1; trial <= trialsOfRun(4); trial++) {
      const original = join(directory, `original-${trial}`)
      const copy = join(directory, `copy-${trial}`)
      const file = join(directory, `backup-${trial}`)
      const database = trial % 2 === 0 ? await createDatabase(own, `copy_${trial}`) : {}

      const server = await startServer(ROOT, original)
      const people = await signUpAll(server.url)
      const writers = await Promise.all(people.map((person) => startWriters(server.url, person, WRITERS)))
      await until('the server is busy', () => counted(writers) >= WRITTEN_BEFORE, 5 * MINUTE)
      const [before, started] = [counted(writers), performance.now()]
      const result = await runCommandFile('commands/backup_command.ts', [file], { TASKWIRE_DATA_DIR: original })
      const perSecond = ((counted(writers) - before) * 1000) / (performance.now() - started)
      const writes = await Promise.all(writers.map((each) => each.stop()))
      expect(await server.stop()).toBe(0)
      expect(result.code, result.stderr).toBe(0)

      const into = { TASKWIRE_DATA_DIR: copy, ...database }
      expect(await runCommandFile('commands/restore_command.ts', [file], into)).toMatchObject({ code: 0, stderr: '' })
      const restored = await startServer(ROOT, copy, database)
      const time = statedTime(result.stdout)
      for (const [n, person] of people.entries()) {
        await assertRestored(restored.url, person, { time, writes: writes[n] ?? [] })
      }
      expect(await restored.stop()).toBe(0)
      console.log(`trial ${trial}: ${Math.round(perSecond)} writes a second, ${writes.flat().length} in all`)
      for (const path of [original, copy, file]) await rm(path, { recursive: true })
    }
  },
)

function signUpAll(url: string): Promise<Person[]> {
  return Promise.all(Array.from({ length: PEOPLE }, (_, n) => signUp(url, `person-${n}@example.com`)))
}

function counted(writers: readonly Writers[]): number {
  return writers.reduce((sum, writer) => sum + writer.count(), 0)
}

async function createDatabase(server: PostgresServer, name: string): Promise<{ DATABASE_URL: string }> {
  await server.query(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`)
  return { DATABASE_URL: server.urlOf(name) }
}
