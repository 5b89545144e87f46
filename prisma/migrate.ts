import { Pool } from 'pg'
import { connection } from './connection.ts'
import { type Migration, migrationsDirectory, migrationsIn } from './migrations.ts'
import { DatabaseNotReady, inOneLine } from './not-ready.ts'

export { DatabaseNotReady } from './not-ready.ts'

export type MigrateOptions = {
  log?: (message: string) => void
  /** Where the migrations are; the committed ones unless a test says otherwise. */
  directory?: string
}

/**
 * Brings the database to the committed migrations and returns the names of those that it applied. Servers that start
 * together agree: one migrates, the others wait and continue. All pending migrations are one transaction, so a failed
 * one leaves nothing behind. Throws `DatabaseNotReady`.
 */
export async function migrate(url: string, { log, directory = migrationsDirectory }: MigrateOptions = {}) {
  const migrations = await migrationsIn(directory)
  const pool = oneConnection(url)
  try {
    await refuseUnsupported(pool)
    const known = await recorded(pool)
    if (known && pending(migrations, known, { failed: 'wait' }).length === 0) return []
    return await underLock(pool, migrations, log)
  } finally {
    await pool.end()
  }
}

/** A pool that never opens a second connection: what follows is one transaction, and must not go on outside of it. */
function oneConnection(url: string): Pool {
  let opened = 0
  const pool = new Pool({
    ...connection(url),
    connectionTimeoutMillis: 10_000,
    max: 1,
    idleTimeoutMillis: 0,
    verify: (_client, done) => done(opened++ > 0 ? new Error('the connection was lost during migration') : undefined),
  })
  // The query under way, or the next one, reports the same loss.
  pool.on('error', () => {})
  return pool
}

async function refuseUnsupported(pool: Pool): Promise<void> {
  const sql = `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
    current_setting('server_encoding') AS encoding`
  const { rows } = await pool
    .query<{ number: number; version: string; encoding: string }>(sql)
    .catch((error: unknown) => {
      throw new DatabaseNotReady('unreachable', `cannot use the database of DATABASE_URL: ${inOneLine(error)}`, error)
    })
  const server = rows[0]
  if (server === undefined || server.number < 140_000) {
    const line = `PostgreSQL ${server?.version} is too old: Taskwire needs 14 or newer`
    throw new DatabaseNotReady('unsupported_server', line)
  }
  if (server.encoding !== 'UTF8') {
    const line = `the database has the encoding ${server.encoding}: Taskwire needs one created with ENCODING 'UTF8'`
    throw new DatabaseNotReady('unsupported_server', line)
  }
}

type Recorded = { name: string; checksum: string; finished: boolean; logs: string | null }

/** What Prisma's own table says was applied; undefined before the first migration. */
async function recorded(pool: Pool): Promise<Recorded[] | undefined> {
  // Not to_regclass: behind the lock it could still answer from the session's cache that there is no such table.
  const exists = `SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'taskwire' AND tablename = '_prisma_migrations') AS yes`
  const { rows } = await pool.query<{ yes: boolean }>(exists)
  if (!rows[0]?.yes) return undefined
  const sql = `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
    FROM taskwire._prisma_migrations WHERE rolled_back_at IS NULL`
  return (await pool.query<Recorded>(sql)).rows
}

/** The migrations still to apply. Those that the database knows and we do not are a newer version's: no matter. */
function pending(migrations: Migration[], known: Recorded[], { failed }: { failed: 'wait' | 'refuse' }): Migration[] {
  const byName = new Map(known.map((row) => [row.name, row]))
  return migrations.filter(({ name, checksum }) => {
    const row = byName.get(name)
    if (row && !row.finished && failed === 'refuse') throw failedEarlier(row)
    if (row && row.finished && row.checksum !== checksum) throw edited(name)
    return !row?.finished
  })
}

function edited(name: string): DatabaseNotReady {
  const line = `migration ${name} was edited after it had been applied: restore the file (git checkout prisma/migrations) and put the change into a new migration (pnpm db:new NAME)`
  return new DatabaseNotReady('migration_edited', line)
}

function failedEarlier({ name, logs }: Recorded): DatabaseNotReady {
  const why = logs ? ` (${inOneLine(logs).slice(0, 300)})` : ''
  const line = `migration ${name} was begun by "prisma migrate deploy" and did not finish${why}: undo what it left, then run "prisma migrate resolve --rolled-back ${name}" and start again`
  return new DatabaseNotReady('migration_failed', line)
}

async function underLock(pool: Pool, migrations: Migration[], log?: (message: string) => void): Promise<string[]> {
  // Only SET LOCAL, and a lock that ends with the transaction: neither outlives it in a pooler's connection.
  await pool.query(`BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL search_path = taskwire`)
  const { rows } = await pool.query<{ got: boolean }>(`SELECT pg_try_advisory_xact_lock(${PRISMA_LOCK}) AS got`)
  if (!rows[0]?.got) {
    log?.('waiting for another server that migrates this database')
    await pool.query(`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`)
  }
  const todo = pending(migrations, (await recorded(pool)) ?? [], { failed: 'refuse' })
  if (todo.length > 0) await apply(pool, migrations)
  await pool.query('COMMIT')
  const names = todo.map(({ name }) => name)
  if (names.length > 0) log?.(`applied ${names.length} migration${names.length > 1 ? 's' : ''}: ${names.join(', ')}`)
  return names
}

async function apply(pool: Pool, migrations: Migration[]): Promise<void> {
  // Loaded only when there is something to do: a second start stays quick.
  const { applyMigrations } = await import('./schema-engine.ts')
  await applyMigrations(pool, migrations)
}

/** The key of Prisma's own migration lock, so that `prisma migrate deploy` elsewhere and we exclude each other. */
const PRISMA_LOCK = 72_707_369
