import { pipeline } from 'node:stream/promises'
import { type Client, DatabaseError } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import {
  applyMigration,
  assertSupported,
  connectTo,
  createMigrationRecords,
  lockMigrations,
} from '../migrate/migrate.ts'
import { type Migration, migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'
import { ArchiveError, type ArchiveContents, type ArchiveEnd, type Manifest } from './archive.ts'
import { qualified, tableNames, quoted } from './contents.ts'
import { dropIndexesAndForeignKeys } from './postponed.ts'

export interface RestoreOptions {
  /** How many connections of this process the database has besides the restore's own. */
  readonly ownConnections: number
  /** Called when everything is in place and nothing is committed. A failure undoes the restore. */
  readonly beforeCommit?: () => Promise<void>
  readonly log: (message: string) => void
}

/** Thrown when an installation is not one that a backup can be restored into. One line for the operator. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError'
}

/**
 * Restores an archive into an empty installation: the schema as it was, the rows, then the migrations that are newer than
 * the backup. Everything is one transaction, so a failure leaves the installation as it was.
 */
export async function restore(url: string, archive: ArchiveContents, options: RestoreOptions): Promise<ArchiveEnd> {
  const { older, newer } = dividedMigrations(archive.manifest, await migrationsIn(migrationsDirectory))
  const client = await connectTo(url)
  try {
    await assertSupported(client)
    await lockMigrations(client, options.log)
    await assertUnused(client, options.ownConnections)
    await dropEverything(client)
    await createMigrationRecords(client)
    for (const migration of older) await applyMigration(client, migration)
    const end = await fill(client, archive)
    for (const migration of newer) await applyMigration(client, migration)
    await client.query('ANALYZE')
    await options.beforeCommit?.()
    await client.query('COMMIT')
    return end
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/** Throws `ArchiveError` if the archive has migrations that this version does not know. */
function dividedMigrations({ version, migrations }: Manifest, ours: readonly Migration[]) {
  const checksums = new Map(ours.map(({ name, checksum }) => [name, checksum]))
  for (const { name, checksum } of migrations) {
    if (checksums.get(name) === checksum) continue
    const line = checksums.has(name)
      ? `was made by a version whose migration ${name} is not ours: restore it with that version (${version})`
      : `was made by a newer version (${version}, migration ${name}): restore it with that version`
    throw new ArchiveError(line)
  }
  const names = new Set(migrations.map(({ name }) => name))
  return { older: ours.filter(({ name }) => names.has(name)), newer: ours.filter(({ name }) => !names.has(name)) }
}

/** Tables in which a server that nobody has used yet writes by itself. */
const WRITTEN_BY_ITSELF: ReadonlySet<string> = new Set(['jwks', 'oauthResource', 'revocation', 'verification'])

async function assertUnused(client: Client, ownConnections: number): Promise<void> {
  const { rows } = await client.query<{ others: number }>(
    `SELECT count(*)::int AS others FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'taskwire%' AND pid <> pg_backend_pid()`,
  )
  if ((rows[0]?.others ?? 0) > ownConnections) {
    throw new RestoreError('a server or command is using this installation: stop it, then restore')
  }
  for (const name of await tableNames(client)) {
    if (WRITTEN_BY_ITSELF.has(name)) continue
    const { rowCount } = await client.query(`SELECT FROM ${qualified(name)} LIMIT 1`)
    if (rowCount === 0) continue
    const where = `this installation is not empty (table ${name})`
    throw new RestoreError(`${where}: restore into a new TASKWIRE_DATA_DIR, or an empty database of DATABASE_URL`)
  }
}

/** Drops what a server created when it was started once. The schema stays: creating one takes another privilege. */
async function dropEverything(client: Client): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('DROP TABLE %I.%I CASCADE', 'taskwire', relname) AS sql FROM pg_class
      WHERE relnamespace = to_regnamespace('taskwire') AND relkind IN ('r', 'p') AND NOT relispartition
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
      WHERE pronamespace = to_regnamespace('taskwire')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')`,
  )
  for (const { sql } of rows) await client.query(sql)
}

/** PostgreSQL's classes of errors about values (an invalid byte, a missing column) and about keys that occur twice. */
function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '')
}

async function fill(client: Client, archive: ArchiveContents): Promise<ArchiveEnd> {
  const { tables } = archive.manifest
  const names = tables.map(({ name }) => qualified(name))
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`)
  // A migration may have filled a table.
  if (names.length > 0) await client.query(`TRUNCATE ${names.join(', ')}`)
  const createAgain = await dropIndexesAndForeignKeys(client)
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const columns = table.columns.map(quoted).join(', ')
    const stream = client.query(copyFrom(`COPY ${qualified(table.name)} (${columns}) FROM STDIN`))
    await pipeline(archive.rows(table), stream).catch((error: unknown) => {
      throw isDataError(error) ? new ArchiveError(`is damaged: the rows of ${table.name} cannot be read`) : error
    })
    counts[table.name] = stream.rowCount
  }
  const end = await archive.end()
  for (const { name } of tables) {
    if (counts[name] !== end.rows[name]) throw new ArchiveError(`is damaged: rows of ${name} are missing`)
  }
  await createAgain()
  for (const { name, last_value, is_called } of end.sequences) {
    await client.query('SELECT setval($1::regclass, $2, $3)', [qualified(name), last_value, is_called])
  }
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`)
  return end
}
