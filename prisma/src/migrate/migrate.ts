import { randomUUID } from 'node:crypto'
import { DatabaseError, type Client } from 'pg'
import { connection } from '../pool/connection.ts'
import { assertNotOutdated, breakingMark, markBreaking, ownVersion, type Recorded } from './breaking.ts'
import { type Migration, migrationsDirectory, migrationsIn } from './migrations.ts'
import { DatabaseStartupError, errorMessage } from './database_startup_error.ts'

export { DatabaseStartupError } from './database_startup_error.ts'

export type MigrateOptions = {
  log?: (message: string) => void
  /** The directory of the migrations. Default: the committed ones. */
  directory?: string
  /** The version of the program. Default: that of the root's package.json. */
  version?: string
  /** True for a process of a server that runs already, which goes on where a newer version has made a breaking change. */
  mayBeOutdated?: boolean | undefined
  /** Aborted: no further migration is applied, those of this run are rolled back, and its reason is thrown. */
  signal?: AbortSignal | undefined
}

/**
 * Applies the pending migrations and returns their names. When several servers start together, one migrates and the
 * others wait. All pending migrations run in one transaction, so a failed one leaves nothing behind. Throws
 * `DatabaseStartupError`, also where a newer version has made a change that this one cannot serve with.
 */
export async function migrate(url: string, options: MigrateOptions = {}) {
  const { log, directory = migrationsDirectory, version = ownVersion(), mayBeOutdated = false, signal } = options
  const migrations = await migrationsIn(directory)
  const client = await connectTo(url)
  try {
    await assertSupported(client)
    const known = await recordedMigrations(client)
    if (known) {
      if (!mayBeOutdated) assertNotOutdated(migrations, known, version)
      await markBreaking(client, { migrations, known, version })
      if (pending(migrations, known).length === 0) return []
    }
    return await underLock(client, { migrations, version, log, signal })
  } catch (error) {
    throw await explainMissingPrivilege(client, error)
  } finally {
    await client.end().catch(() => {})
  }
}

export async function connectTo(url: string): Promise<Client> {
  try {
    const config = connection(url)
    const client = new config.Client({ ...config, connectionTimeoutMillis: 10_000 })
    // The current or next query reports the same loss.
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    throw new DatabaseStartupError(
      'unreachable',
      `cannot use the database of DATABASE_URL: ${errorMessage(error)}`,
      error,
    )
  }
}

export async function assertSupported(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
      current_setting('server_encoding') AS encoding`,
  )
  const server = rows[0]
  if (server === undefined || server.number < 140_000) {
    const line = `PostgreSQL ${server?.version} is too old: Taskwire needs 14 or newer`
    throw new DatabaseStartupError('unsupported_server', line)
  }
  if (server.encoding !== 'UTF8') {
    const line = `the database has the encoding ${server.encoding}: Taskwire needs one created with ENCODING 'UTF8'`
    throw new DatabaseStartupError('unsupported_server', line)
  }
}

/** The applied migrations in Prisma's own table; undefined before the first migration. */
export async function recordedMigrations(client: Client): Promise<Recorded[] | undefined> {
  // Not to_regclass: after waiting for the lock it could still answer from the session's cache that the table is absent.
  const { rowCount } = await client.query(
    `SELECT FROM pg_tables WHERE schemaname = 'taskwire' AND tablename = '_prisma_migrations'`,
  )
  if (rowCount === 0) return undefined
  const { rows } = await client.query<Recorded>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
      FROM taskwire._prisma_migrations WHERE rolled_back_at IS NULL`,
  )
  return rows
}

/** The migrations still to apply. Unknown applied migrations belong to a newer version and are ignored. */
function pending(migrations: Migration[], known: Recorded[]): Migration[] {
  const finished = new Map(known.filter((row) => row.finished).map((row) => [row.name, row.checksum]))
  for (const { name, checksum } of migrations) {
    if (finished.has(name) && finished.get(name) !== checksum) throw editedError(name)
  }
  return migrations.filter(({ name }) => !finished.has(name))
}

const INSUFFICIENT_PRIVILEGE = '42501'

/** PostgreSQL does not name the grant that a role lacks. The error as it is if it is about something else. */
async function explainMissingPrivilege(client: Client, error: unknown): Promise<unknown> {
  const cause = error instanceof DatabaseStartupError ? error.cause : error
  if (!(cause instanceof DatabaseError) || cause.code !== INSUFFICIENT_PRIVILEGE) return error
  await client.query('ROLLBACK')
  const { rows } = await client.query<{ role: string; database: string; has_schema: boolean }>(
    `SELECT current_user::text AS role, current_database()::text AS database,
      to_regnamespace('taskwire') IS NOT NULL AS has_schema`,
  )
  const { role, database, has_schema } = rows[0] ?? { role: '', database: '', has_schema: false }
  const fix = has_schema
    ? `make it the owner of the schema taskwire and of everything in it (ALTER SCHEMA taskwire OWNER TO "${role}")`
    : `GRANT CREATE ON DATABASE "${database}" TO "${role}"`
  const line = `the role "${role}" may not set up the database (${errorMessage(cause)}): ${fix}`
  return new DatabaseStartupError('missing_privilege', line, error)
}

type Todo = Pick<MigrateOptions, 'log' | 'signal'> & { migrations: Migration[]; version: string }

async function underLock(client: Client, { migrations, version, log, signal }: Todo): Promise<string[]> {
  await lockMigrations(client, log)
  const known = (await recordedMigrations(client)) ?? (await createMigrationRecords(client))
  assertFinished(known)
  assertNotOutdated(migrations, known, version)
  const todo = pending(migrations, known)
  for (const migration of todo) {
    signal?.throwIfAborted()
    await applyMigration(client, migration, version)
  }
  await client.query('COMMIT')
  const names = todo.map(({ name }) => name)
  if (names.length > 0) log?.(`applied ${names.length} migration${names.length > 1 ? 's' : ''}: ${names.join(', ')}`)
  return names
}

/** Begins a transaction in which no other process migrates, and which no time limit ends. */
export async function lockMigrations(client: Client, log?: (message: string) => void): Promise<void> {
  // SET LOCAL and a transaction-level lock: neither outlives the transaction on a pooler's connection.
  await client.query(
    `BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0`,
  )
  const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_xact_lock(${PRISMA_LOCK}) AS got`)
  if (!rows[0]?.got) {
    log?.('waiting for another server that is migrating this database')
    await client.query(`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`)
  }
}

/** The key of Prisma's own migration lock, which also excludes a concurrent `prisma migrate deploy`. */
const PRISMA_LOCK = 72_707_369

/** Creates Prisma's table exactly as Prisma does. */
export async function createMigrationRecords(client: Client): Promise<Recorded[]> {
  const { rowCount } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'taskwire'`)
  // Even IF NOT EXISTS takes the privilege to create one, which a role with a prepared schema need not have.
  if (rowCount === 0) await client.query('CREATE SCHEMA taskwire')
  await client.query(`
    CREATE TABLE taskwire._prisma_migrations (
      id                  VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum            VARCHAR(64) NOT NULL,
      finished_at         TIMESTAMPTZ,
      migration_name      VARCHAR(255) NOT NULL,
      logs                TEXT,
      rolled_back_at      TIMESTAMPTZ,
      started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`)
  return []
}

/** In the first migration. The schema exists by then: see createMigrationRecords. */
const CREATE_SCHEMA = 'CREATE SCHEMA IF NOT EXISTS "taskwire";'

export async function applyMigration(client: Client, migration: Migration, version = ownVersion()): Promise<void> {
  const { name, sql, checksum } = migration
  try {
    await client.query(`SET LOCAL search_path = taskwire; ${sql.replace(CREATE_SCHEMA, '')}`)
  } catch (error) {
    const line = `migration ${name} failed and was rolled back: ${errorMessage(error)}`
    throw new DatabaseStartupError('migration_failed', line, error)
  }
  await client.query(
    `INSERT INTO taskwire._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count, logs)
      VALUES ($1, $2, $3, clock_timestamp(), 1, $4)`,
    [randomUUID(), checksum, name, breakingMark(migration, version)],
  )
}

function editedError(name: string): DatabaseStartupError {
  const line =
    `migration ${name} was edited after it had been applied: ` +
    `restore the file (git checkout prisma/migrations) and put the change into a new migration (pnpm db:new NAME)`
  return new DatabaseStartupError('migration_edited', line)
}

function assertFinished(known: Recorded[]): void {
  const row = known.find(({ finished }) => !finished)
  if (row === undefined) return
  const why = row.logs ? ` (${errorMessage(row.logs).slice(0, 300)})` : ''
  const line =
    `migration ${row.name} was started by "prisma migrate deploy" and did not finish${why}: ` +
    `undo its partial effects, then run "prisma migrate resolve --rolled-back ${row.name}" and start again`
  throw new DatabaseStartupError('migration_failed', line)
}
