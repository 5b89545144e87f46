import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { missing, PostgresServer, trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signUp } from '../../testing/backup/person.ts'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { assertRestored, startWriters, statedTime } from '../../testing/backup/trial.ts'
import { openTemporaryDirectory } from '../../testing/compatibility/archive.ts'
import { startServer } from '../../testing/compatibility/server_process.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const WRITERS = 16
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
      const person = await signUp(server.url)
      const writers = await startWriters(server.url, person, WRITERS)
      const started = Date.now()
      const result = await runCommandFile('commands/backup_command.ts', [file], { TASKWIRE_DATA_DIR: original })
      const seconds = (Date.now() - started) / 1000
      const writes = await writers.stop()
      expect(await server.stop()).toBe(0)
      expect(result.code, result.stderr).toBe(0)

      const into = { TASKWIRE_DATA_DIR: copy, ...database }
      expect(await runCommandFile('commands/restore_command.ts', [file], into)).toMatchObject({ code: 0, stderr: '' })
      const restored = await startServer(ROOT, copy, database)
      await assertRestored(restored.url, person, { time: statedTime(result.stdout), writes })
      expect(await restored.stop()).toBe(0)
      console.log(`trial ${trial}: ${Math.round(writes.length / seconds)} writes a second, ${writes.length} in all`)
      for (const path of [original, copy, file]) await rm(path, { recursive: true })
    }
  },
)

async function createDatabase(server: PostgresServer, name: string): Promise<{ DATABASE_URL: string }> {
  await server.query(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`)
  return { DATABASE_URL: server.urlOf(name) }
}
