import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { emptyDatabase, onServer, testDatabase, type TestDatabase } from '../../testing/database.ts'
import { migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'
import { inspectDatabase } from './inspect.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const names = (await migrationsIn(migrationsDirectory)).map(({ name }) => name)
const nameOf = (url: string) => new URL(url).pathname.slice(1)

async function other(...statements: string[]): Promise<string> {
  const { url, drop } = await emptyDatabase()
  onTestFinished(drop)
  await onServer(url, async (client) => {
    for (const sql of statements) await client.query(sql.replace('THIS', nameOf(url)))
  })
  return url
}

test('a migrated database has nothing to report', async () => {
  const facts = await inspectDatabase(database.url)
  expect(facts).toMatchObject({
    version_number: expect.toSatisfy((number: number) => number >= 140_000),
    encoding: 'UTF8',
    role: new URL(database.url).username,
    database: nameOf(database.url),
    is_read_only: false,
    has_schema: true,
    may_create: true,
    unwritable_tables: [],
    foreign_tables: [],
    pending: [],
    unknown: [],
    unfinished: [],
    outdated: undefined,
  })
  expect(facts.bytes).toBeGreaterThan(1_000_000)
  expect(Math.abs(facts.clock_ahead_ms)).toBeLessThan(60_000)
})

test('an empty database has every migration before it', async () => {
  const url = await other()
  expect(await inspectDatabase(url)).toMatchObject({ has_schema: false, may_create: true, pending: names })
  const open = `SELECT FROM pg_stat_activity WHERE datname = '${nameOf(url)}'`
  await expect.poll(async () => (await database.pool.query(open)).rowCount).toBe(0)
})

test('a database whose clock is ahead is said to be, and one that only reads', async () => {
  const url = await other(
    `CREATE SCHEMA pretended`,
    `CREATE FUNCTION pretended.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() + interval '1 hour' $$`,
    `ALTER DATABASE THIS SET search_path = pretended, pg_catalog`,
    `ALTER DATABASE THIS SET default_transaction_read_only = on`,
  )
  const { clock_ahead_ms, is_read_only } = await inspectDatabase(url)
  expect(clock_ahead_ms / 3_600_000).toBeCloseTo(1, 1)
  expect(is_read_only).toBe(true)
})

test('what a role may not do is named', async () => {
  const role = `weak_${Math.random().toString(36).slice(2)}`
  await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA taskwire TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON taskwire.task TO ${role}; GRANT SELECT ON taskwire._prisma_migrations TO ${role};
    GRANT SELECT, INSERT, UPDATE ON taskwire.change TO ${role}`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'p'
  const facts = await inspectDatabase(url.href)
  await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  expect(facts).toMatchObject({ role, may_create: false })
  expect(facts.unwritable_tables).toContain('change')
  expect(facts.unwritable_tables).not.toContain('task')
  expect(facts.foreign_tables).toContain('task')
})

test('migrations that are unknown, unfinished or breaking are named', async () => {
  await database.pool
    .query(`INSERT INTO taskwire._prisma_migrations (id, checksum, migration_name, finished_at, logs) VALUES
    ('1', '', '29990101000000_newer', now(), NULL), ('2', '', '29990101000001_half', NULL, NULL),
    ('3', '', '29990101000002_breaking', now(), 'breaking: needs 9.9.9')`)
  const { pending, unknown, unfinished, outdated } = await inspectDatabase(database.url)
  await database.pool.query(`DELETE FROM taskwire._prisma_migrations WHERE migration_name LIKE '2999%'`)
  expect({ pending, unfinished }).toEqual({ pending: [], unfinished: ['29990101000001_half'] })
  expect(unknown.toSorted()).toEqual(['29990101000000_newer', '29990101000002_breaking'])
  expect(outdated).toContain('needs Taskwire 9.9.9 or newer')
})
