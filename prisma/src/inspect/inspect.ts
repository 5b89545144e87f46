import type { Client } from 'pg'
import { outdatedLine, ownVersion } from '../migrate/breaking.ts'
import { connectTo, recordedMigrations } from '../migrate/migrate.ts'
import { migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'

/** What an operator may have to know of a database. It is only read. */
export interface DatabaseFacts {
  /** As `server_version_num` has it: 150004 is 15.4. */
  readonly version_number: number
  readonly version: string
  readonly encoding: string
  readonly role: string
  readonly database: string
  /** Whether writes are refused: a standby, or a server or role that is set to read only. */
  readonly is_read_only: boolean
  /** By how much the clock of the database is ahead of ours, in ms; negative if it is behind. */
  readonly clock_ahead_ms: number
  readonly max_connections: number
  readonly statement_timeout: string
  /** Whether the extension for a search index exists, or could be created. */
  readonly has_trigrams: boolean
  readonly has_schema: boolean
  /** Whether the role may create the schema, or tables in it if it exists. */
  readonly may_create: boolean
  /** Our tables that the role cannot write, or cannot migrate because another role owns them. */
  readonly unwritable_tables: readonly string[]
  readonly foreign_tables: readonly string[]
  readonly bytes: number
  /** Migrations that the next start applies, that only a newer version knows, and that were begun and not finished. */
  readonly pending: readonly string[]
  readonly unknown: readonly string[]
  readonly unfinished: readonly string[]
  /** Why this version does not start, where a newer one has applied a breaking migration. */
  readonly outdated: string | undefined
}

/** Reads the facts. Throws `DatabaseStartupError` where the database cannot be reached. */
export async function inspectDatabase(url: string): Promise<DatabaseFacts> {
  const client = await connectTo(url)
  try {
    const facts = await serverFacts(client)
    return { ...facts, ...(await tableFacts(client)), ...(await migrationFacts(client)) }
  } finally {
    await client.end().catch(() => {})
  }
}

type ServerFacts = Omit<DatabaseFacts, 'unwritable_tables' | 'foreign_tables' | keyof MigrationFacts | 'clock_ahead_ms'>

async function serverFacts(client: Client): Promise<ServerFacts & { clock_ahead_ms: number }> {
  const sent = Date.now()
  const clock = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const middle = (sent + Date.now()) / 2
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version_number, current_setting('server_version') AS version,
      current_setting('server_encoding') AS encoding, current_user::text AS role, current_database()::text AS database,
      pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
      current_setting('max_connections')::int AS max_connections, current_setting('statement_timeout') AS statement_timeout,
      EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS has_trigrams,
      to_regnamespace('taskwire') IS NOT NULL AS has_schema,
      CASE WHEN to_regnamespace('taskwire') IS NULL THEN has_database_privilege(current_database(), 'CREATE')
        ELSE has_schema_privilege('taskwire', 'CREATE') END AS may_create,
      pg_database_size(current_database())::float8 AS bytes`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the database answered nothing')
  return { ...row, clock_ahead_ms: Math.round((clock.rows[0]?.now.getTime() ?? middle) - middle) }
}

async function tableFacts(client: Client): Promise<Pick<DatabaseFacts, 'unwritable_tables' | 'foreign_tables'>> {
  const { rows } = await client.query<{ name: string; is_writable: boolean; is_owned: boolean }>(
    `SELECT relname::text AS name, pg_has_role(relowner, 'USAGE') AS is_owned,
      has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
        AND has_table_privilege(oid, 'DELETE') AS is_writable
      FROM pg_class WHERE relnamespace = to_regnamespace('taskwire') AND relkind IN ('r', 'p') ORDER BY relname`,
  )
  return {
    unwritable_tables: rows.filter(({ is_writable }) => !is_writable).map(({ name }) => name),
    foreign_tables: rows.filter(({ is_owned }) => !is_owned).map(({ name }) => name),
  }
}

type MigrationFacts = Pick<DatabaseFacts, 'pending' | 'unknown' | 'unfinished' | 'outdated'>

async function migrationFacts(client: Client): Promise<MigrationFacts> {
  const migrations = await migrationsIn(migrationsDirectory)
  const ours = migrations.map(({ name }) => name)
  const recorded = (await recordedMigrations(client)) ?? []
  const applied = new Set(recorded.filter(({ finished }) => finished).map(({ name }) => name))
  return {
    pending: ours.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !ours.includes(name)),
    unfinished: recorded.filter(({ finished }) => !finished).map(({ name }) => name),
    outdated: outdatedLine(migrations, recorded, ownVersion()),
  }
}
