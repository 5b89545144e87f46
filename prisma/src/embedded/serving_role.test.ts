import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMigratedDatabase } from '../open.ts'
import { connection } from '../pool/connection.ts'
import { servingUrl } from './serving_role.ts'
import { startEmbedded } from './start.ts'

let dataDir: string
const log = () => {}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'taskwire-role-'))
  await chmod(dataDir, 0o755)
  // As an installation from before the role has it: migrated by the superuser.
  const database = await openMigratedDatabase({ url: undefined, dataDir, log, asOwner: true })
  await database.close()
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const code = (sqlState: string) => expect.objectContaining({ code: sqlState })

test('a server uses the embedded database as a role that changes rows and nothing else', async () => {
  const embedded = await startEmbedded({ dataDir })
  // Two processes that start at once.
  const options = { url: undefined, dataDir, log }
  const [database, other] = await Promise.all([openMigratedDatabase(options), openMigratedDatabase(options)])
  try {
    const { pool } = database
    const { rows } = await pool.query(
      `SELECT current_user AS name, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS special
       FROM pg_roles WHERE rolname = current_user`,
    )
    expect(rows).toEqual([{ name: 'taskwire_server', special: false }])
    await other.pool.query(`INSERT INTO taskwire.task (user_id, title) VALUES ('ann', 'Milk')`)
    await pool.query(`UPDATE taskwire.task SET completed = true`)
    await pool.query(`DELETE FROM taskwire.change`)
    expect(await database.isWritable()).toBe(true)
    for (const forbidden of [
      'CREATE TABLE taskwire.mine ()',
      'CREATE TABLE public.mine ()',
      'ALTER TABLE taskwire.task DISABLE TRIGGER task_change',
      'TRUNCATE taskwire.task',
      'DROP FUNCTION taskwire.log_task_change() CASCADE',
      'CREATE ROLE mine',
      'UPDATE taskwire._prisma_migrations SET checksum = checksum',
      `COPY taskwire.task TO PROGRAM 'cat'`,
    ]) {
      await expect(pool.query(forbidden), forbidden).rejects.toEqual(code('42501'))
    }
    const owner = new Client(connection(embedded.url))
    await owner.connect()
    await owner.query('CREATE TABLE taskwire.later (id serial)')
    await expect(pool.query('INSERT INTO taskwire.later DEFAULT VALUES')).rejects.toEqual(code('42501'))
    expect(new URL(await servingUrl(embedded.url)).username).toBe('taskwire_server')
    expect((await pool.query('INSERT INTO taskwire.later DEFAULT VALUES')).rowCount).toBe(1)
    await owner.end()
  } finally {
    await database.close()
    await other.close()
    await embedded.stop()
  }
})
