import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { connection } from '../pool/connection.ts'
import { assertSupported, migrate } from './migrate.ts'
import { migrationsDirectory, migrationsIn } from './migrations.ts'
import { emptyDatabase, onServer, testDatabaseName, withDatabase } from '../../testing/database.ts'

let database: Awaited<ReturnType<typeof emptyDatabase>>
let client: Client
let directory: string

beforeEach(async () => {
  database = await emptyDatabase()
  client = new Client(connection(database.url))
  await client.connect()
  directory = await mkdtemp(join(tmpdir(), 'taskwire-migrations-'))
  await cp(migrationsDirectory, directory, { recursive: true })
})

afterEach(async () => {
  await client.end()
  await database.drop()
  await rm(directory, { recursive: true })
})

const committed = (await migrationsIn(migrationsDirectory)).map(({ name }) => name)

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true })
  await writeFile(join(directory, name, 'migration.sql'), sql)
}

async function applied(): Promise<string[]> {
  const sql = 'SELECT migration_name AS name FROM taskwire._prisma_migrations ORDER BY migration_name'
  return (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name)
}

test('servers that start together migrate once, and all continue', async () => {
  const results = await Promise.all([1, 2, 3].map(() => migrate(database.url)))
  expect(results.toSorted((a, b) => b.length - a.length)).toEqual([committed, [], []])
  expect(await applied()).toEqual(committed)
})

test('a second server waits while the first migrates, and reports it', async () => {
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(72707369)')
  const lines: string[] = []
  const { promise: told, resolve } = Promise.withResolvers<void>()
  const second = migrate(database.url, { log: (line) => resolve(void lines.push(line)) })
  await told
  await client.query('COMMIT')
  expect(await second).toEqual(committed)
  expect(lines[0]).toBe('waiting for another server that is migrating this database')
})

test('an up-to-date database needs no lock', async () => {
  await migrate(database.url)
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(72707369)')
  expect(await migrate(database.url)).toEqual([])
})

test('tables of the old service in public are not touched', async () => {
  await client.query('CREATE TABLE task (id serial, title varchar); INSERT INTO task (title) VALUES ($$old$$)')
  await client.query('CREATE TABLE _prisma_migrations (of_somebody_else int)')
  await migrate(database.url)
  expect((await client.query('SELECT * FROM public.task')).rows).toEqual([{ id: 1, title: 'old' }])
  expect((await client.query('SELECT * FROM public._prisma_migrations')).rows).toEqual([])
})

test('a migration that was edited after it was applied prevents the start, in one line that names it', async () => {
  const first = committed[0] ?? ''
  await migrate(database.url, { directory })
  await addMigration(first, 'SELECT 1')
  await expect(migrate(database.url, { directory })).rejects.toMatchObject({
    name: 'DatabaseStartupError',
    reason: 'migration_edited',
    message: expect.stringMatching(new RegExp(`^migration ${first} was edited .*\\(pnpm db:new NAME\\)$`)),
  })
})

test('a failing migration prevents the start, in one line that names it, and leaves nothing behind', async () => {
  await addMigration('20990101000000_good', 'CREATE TABLE taskwire.good (i int)')
  await addMigration('20990101000001_bad', 'CREATE TABLE taskwire.bad (i int); SELECT 1 / 0')
  await expect(migrate(database.url, { directory })).rejects.toMatchObject({
    reason: 'migration_failed',
    message: 'migration 20990101000001_bad failed and was rolled back: division by zero',
  })
  expect((await client.query(`SELECT FROM pg_namespace WHERE nspname = 'taskwire'`)).rowCount).toBe(0)
  await addMigration('20990101000001_bad', 'CREATE TABLE taskwire.bad (i int)')
  expect(await migrate(database.url, { directory })).toHaveLength(committed.length + 2)
})

test('a migration may take as long as it needs, whatever limits the role has, and they hold again after it', async () => {
  const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
  const name = new URL(database.url).pathname.slice(1)
  for (const limit of limits) await client.query(`ALTER DATABASE ${name} SET ${limit} = '10min'`)
  const current = limits.map((limit) => `current_setting('${limit}') AS ${limit}`).join()
  await addMigration('20990101000000_limits', `CREATE TABLE taskwire.limits AS SELECT ${current}`)
  await migrate(database.url, { directory })
  expect(Object.values((await client.query('SELECT * FROM taskwire.limits')).rows[0])).toEqual(['0', '0', '0'])
})

test('what is recorded of a migration is what Prisma records', async () => {
  await migrate(database.url)
  const { rows } = await client.query(`SELECT migration_name AS name, checksum, applied_steps_count AS steps,
    finished_at >= started_at AS is_finished, rolled_back_at, logs FROM taskwire._prisma_migrations ORDER BY 1`)
  const recorded = { steps: 1, is_finished: true, rolled_back_at: null }
  expect(rows).toMatchObject(
    (await migrationsIn(migrationsDirectory)).map(({ name, checksum }) => ({ ...recorded, name, checksum })),
  )
})

test('a migration that was rolled back by hand is applied again', async () => {
  await addMigration('20990101000000_again', 'CREATE TABLE taskwire.again (i int)')
  await migrate(database.url, { directory })
  await client.query(`DROP TABLE taskwire.again;
    UPDATE taskwire._prisma_migrations SET rolled_back_at = now() WHERE migration_name = '20990101000000_again'`)
  expect(await migrate(database.url, { directory })).toEqual(['20990101000000_again'])
})

test('no connection stays open, whether the migrations succeed or not', async () => {
  const others = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  const open = async () => (await client.query(others)).rowCount
  await migrate(database.url)
  await addMigration('20990101000000_bad', 'SELECT 1 / 0')
  await expect(migrate(database.url, { directory })).rejects.toMatchObject({ reason: 'migration_failed' })
  await expect.poll(open).toBe(0)
})

test('functions with semicolons in their bodies are applied whole', async () => {
  await addMigration(
    '20990101000000_function',
    'CREATE FUNCTION two() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$',
  )
  await migrate(database.url, { directory })
  expect((await client.query('SELECT taskwire.two()')).rows).toEqual([{ two: 2 }])
})

test('a migration that "prisma migrate deploy" left unfinished prevents the start, and the line says how to proceed', async () => {
  await migrate(database.url)
  await addMigration('20990101000000_half', 'SELECT 1')
  await client.query(`INSERT INTO taskwire._prisma_migrations (id, checksum, migration_name, logs)
    VALUES ('x', 'y', '20990101000000_half', 'it broke')`)
  await expect(migrate(database.url, { directory })).rejects.toMatchObject({
    reason: 'migration_failed',
    message: expect.stringMatching(
      /^migration 20990101000000_half .*it broke.*resolve --rolled-back 20990101000000_half"/,
    ),
  })
})

test('a database that a newer version has migrated further is accepted', async () => {
  await addMigration('20990101000000_newer', 'CREATE TABLE taskwire.newer (i int)')
  await migrate(database.url, { directory })
  expect(await migrate(database.url)).toEqual([])
})

test('an older version refuses a database with a breaking migration that it does not have, and names both versions', async () => {
  await migrate(database.url, { version: '0.1.0' })
  await addMigration('20990101000000_breaking', '-- breaking\nCREATE TABLE taskwire.newer (i int)')
  await migrate(database.url, { directory, version: '0.2.0' })
  await addMigration('20990101000001_newest', 'CREATE TABLE taskwire.newest (i int)')
  expect(await migrate(database.url, { directory, version: '0.3.0' })).toHaveLength(1)
  await expect(migrate(database.url, { version: '0.1.0' })).rejects.toMatchObject({
    reason: 'outdated_version',
    message:
      'this is Taskwire 0.1.0, and the database needs Taskwire 0.2.0 or newer (migration 20990101000000_breaking): ' +
      'start that version, or restore a backup from before it',
  })
})

test('of several breaking migrations the last is named, whose version has all of them', async () => {
  await migrate(database.url)
  await addMigration('20990101000000_breaking', '-- breaking\nSELECT 1')
  await migrate(database.url, { directory, version: '0.2.0' })
  await addMigration('20990101000001_breaking', '-- breaking\nSELECT 2')
  await migrate(database.url, { directory, version: '0.3.0' })
  await expect(migrate(database.url, { version: '0.1.0' })).rejects.toThrow('needs Taskwire 0.3.0 or newer')
})

test('an older version with a migration of its own does not apply it behind a breaking one', async () => {
  await migrate(database.url)
  await addMigration('20990101000000_breaking', '-- breaking\r\nSELECT 1')
  await migrate(database.url, { directory, version: '0.2.0' })
  await rm(join(directory, '20990101000000_breaking'), { recursive: true })
  await addMigration('20990101000001_branch', 'CREATE TABLE taskwire.branch (i int)')
  await expect(migrate(database.url, { directory, version: '0.1.1' })).rejects.toMatchObject({
    reason: 'outdated_version',
  })
  expect(await applied()).not.toContain('20990101000001_branch')
})

test('a breaking migration that "prisma migrate deploy" applied counts from the next start of its version', async () => {
  await migrate(database.url)
  await addMigration('20990101000000_breaking', '-- breaking\nSELECT 1')
  await migrate(database.url, { directory, version: '0.2.0' })
  await client.query('UPDATE taskwire._prisma_migrations SET logs = NULL')
  expect(await migrate(database.url, { version: '0.1.0' })).toEqual([])
  expect(await migrate(database.url, { directory, version: '0.2.0' })).toEqual([])
  await expect(migrate(database.url, { version: '0.1.0' })).rejects.toMatchObject({ reason: 'outdated_version' })
})

test('only a first line that says nothing else makes a migration breaking', async () => {
  await migrate(database.url)
  await addMigration('20990101000000_other', '-- breaking news\nSELECT 1')
  await addMigration('20990101000001_later', 'SELECT 1;\n-- breaking\nSELECT 2')
  await migrate(database.url, { directory, version: '0.2.0' })
  expect(await migrate(database.url, { version: '0.1.0' })).toEqual([])
})

test('a database in another encoding is refused in one line', async () => {
  const { server } = inject('databases')
  const name = testDatabaseName()
  await onServer(server, async (admin) => {
    const provider = Number((await admin.query('SHOW server_version_num')).rows[0].server_version_num) >= 150_000
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'
      ${provider ? 'LOCALE_PROVIDER libc' : ''}`)
    try {
      await expect(migrate(withDatabase(server, name))).rejects.toMatchObject({
        reason: 'unsupported_server',
        message: "the database has the encoding LATIN1: Taskwire needs one created with ENCODING 'UTF8'",
      })
    } finally {
      await admin.query(`DROP DATABASE ${name}`)
    }
  })
})

test('a server before PostgreSQL 14 is refused in one line', async () => {
  const pretend = (number: number, version: string) =>
    client.query(`CREATE OR REPLACE FUNCTION pretended.current_setting(name text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE name WHEN 'server_version_num' THEN '${number}' WHEN 'server_version' THEN '${version}'
        ELSE pg_catalog.current_setting(name) END $$`)
  await client.query('CREATE SCHEMA pretended; SET search_path = pretended, pg_catalog')
  await pretend(139_999, '13.99')
  await expect(assertSupported(client)).rejects.toMatchObject({
    reason: 'unsupported_server',
    message: 'PostgreSQL 13.99 is too old: Taskwire needs 14 or newer',
  })
  await pretend(140_000, '14.0')
  await expect(assertSupported(client)).resolves.toBeUndefined()
})

test('an unreachable database is reported without its password', async () => {
  await expect(migrate('postgresql://u:secret@127.0.0.1:1/none')).rejects.toMatchObject({
    reason: 'unreachable',
    message: 'cannot use the database of DATABASE_URL: connect ECONNREFUSED 127.0.0.1:1',
  })
})

/** The URL of a role of its own, which may only connect to the database. */
async function weakRole(): Promise<{ role: string; url: string }> {
  const role = `taskwire_weak_${Math.random().toString(36).slice(2)}`
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'secret'
  return { role, url: url.href }
}

test('a role that may not create the schema is told which grant it lacks', async () => {
  const { role, url } = await weakRole()
  const name = new URL(database.url).pathname.slice(1)
  await expect(migrate(url)).rejects.toMatchObject({
    reason: 'missing_privilege',
    message: `the role "${role}" may not set up the database (permission denied for database ${name}): GRANT CREATE ON DATABASE "${name}" TO "${role}"`,
  })
  await client.query(`DROP ROLE ${role}`)
})

test('a role needs no privilege on the database where the schema is its own', async () => {
  const { role, url } = await weakRole()
  await client.query(`CREATE SCHEMA taskwire AUTHORIZATION ${role}`)
  expect(await migrate(url)).toEqual(committed)
  await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
})

test('a role that does not own the schema is told so', async () => {
  const { role, url } = await weakRole()
  await client.query('CREATE SCHEMA taskwire')
  await expect(migrate(url)).rejects.toMatchObject({
    reason: 'missing_privilege',
    message: expect.stringContaining(`ALTER SCHEMA taskwire OWNER TO "${role}"`),
  })
  await client.query(`DROP ROLE ${role}`)
})

test('a run that is stopped waits for the migration that is being applied, and rolls back what it has applied', async () => {
  await client.query('CREATE TABLE public.held ()')
  await addMigration('20990101000000_waits', 'LOCK TABLE public.held')
  await addMigration('20990102000000_never_begun', 'SELECT 1 / 0')
  await client.query('BEGIN; LOCK TABLE public.held')
  const stopping = new AbortController()
  const stopped = expect(migrate(database.url, { directory, signal: stopping.signal })).rejects.toThrow('stopped')
  const waiting = `SELECT FROM pg_locks WHERE relation = 'public.held'::regclass AND NOT granted`
  await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1)
  stopping.abort(new Error('stopped'))
  await client.query('COMMIT')
  await stopped
  const recorded = await client.query(`SELECT to_regclass('taskwire._prisma_migrations') AS records`)
  expect(recorded.rows).toEqual([{ records: null }])
})
