import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { assertSupported, connectTo, recordedMigrations } from '../migrate/migrate.ts'
import { DatabaseStartupError } from '../migrate/database_startup_error.ts'
import { FORMAT, writeArchive, type ArchiveEnd, type Manifest } from './archive.ts'
import { qualified, quoted, sequences, tableContents, tableNames, type TableContents } from './contents.ts'

export interface BackupOptions {
  readonly version: string
  readonly secret: string | undefined
  readonly secretId: string | null
}

export interface Backup {
  readonly manifest: Manifest
  /** The archive before compression. It has to be read to its end, or closed. */
  readonly archive: AsyncIterable<Buffer>
  /** Rows per table, once the archive was read. */
  readonly rows: Readonly<Record<string, number>>
  readonly close: () => Promise<void>
}

/**
 * Opens a backup of the database: one moment's content, while others write. It is read from one transaction, in bounded
 * memory. The database is not migrated first. Throws `DatabaseStartupError`.
 */
export async function openBackup(url: string, { version, secret, secretId }: BackupOptions): Promise<Backup> {
  const client = await connectTo(url)
  try {
    await assertSupported(client)
    const { time, server } = await begin(client)
    const migrations = await recordedMigrations(client)
    if (migrations === undefined) throw nothing()
    const finished = migrations.filter((one) => one.finished).map(({ name, checksum }) => ({ name, checksum }))
    const tables = await tableContents(client)
    const manifest = {
      format: FORMAT,
      version,
      time,
      server,
      migrations: finished,
      tables,
      secret_id: secretId,
    } as const
    const rows: Record<string, number> = {}
    const end = async (): Promise<ArchiveEnd> => ({ rows, sequences: await sequences(client) })
    const archive = writeArchive({ manifest, secret, rows: (table) => tableRows(client, table, rows), end })
    return { manifest, archive, rows, close: () => client.end() }
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

/** Begins the transaction. What was committed before `time` is in its snapshot. */
async function begin(client: Client): Promise<{ time: string; server: string }> {
  const { rows } = await client.query<{ present: boolean; time: Date; server: string }>(
    `SELECT to_regnamespace('taskwire') IS NOT NULL AS present, clock_timestamp() AS time, version() AS server`,
  )
  const [first] = rows
  if (first === undefined || !first.present) throw nothing()
  const names = await tableNames(client)
  // The embedded server, and many others, limit statements and idle transactions.
  await client.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '60s';
      SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL client_encoding = 'UTF8'`,
  )
  // Before the snapshot is taken: a migration can then change no table between the two.
  if (names.length > 0) await client.query(`LOCK TABLE ${names.map(qualified).join(', ')} IN ACCESS SHARE MODE`)
  if ((await tableNames(client)).join() !== names.join()) throw migratedMeanwhile()
  return { time: first.time.toISOString(), server: first.server }
}

async function* tableRows(
  client: Client,
  { name, columns }: TableContents,
  counts: Record<string, number>,
): AsyncGenerator<Buffer> {
  // A query, because a partitioned table cannot be copied by its name.
  const query = `SELECT ${columns.map(quoted).join(', ')} FROM ${qualified(name)}`
  const stream = client.query(copyTo(`COPY (${query}) TO STDOUT`))
  for await (const chunk of stream) yield chunk
  counts[name] = stream.rowCount
}

function nothing(): DatabaseStartupError {
  return new DatabaseStartupError('nothing_stored', 'there is nothing to back up: this database holds no Taskwire')
}

function migratedMeanwhile(): DatabaseStartupError {
  return new DatabaseStartupError('migration_failed', 'the database was migrated at this moment: run the backup again')
}
