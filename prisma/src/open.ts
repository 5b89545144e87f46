import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { servingUrl } from './embedded/serving_role.ts'
import { startEmbedded } from './embedded/start.ts'
import { migrate } from './migrate/migrate.ts'
import { openDatabase, type Database, type DatabaseOptions } from './pool/database.ts'

export type MigratedDatabaseOptions = Omit<DatabaseOptions, 'url'> & {
  /** Undefined: the embedded PostgreSQL in `dataDir`, started if no other process has started it. */
  url: string | undefined
  dataDir: string
  log: (message: string) => void
  /** True for a process of a server that runs already: see `MigrateOptions`. */
  mayBeOutdated?: boolean | undefined
  /** True for commands that read tables other than ours. The embedded database is otherwise used as a role that may not. */
  asOwner?: boolean
}

/**
 * Opens the database of an installation with every migration applied. `close` also releases the embedded server, which
 * the last process to disconnect stops. Throws `DatabaseStartupError`.
 */
export async function openMigratedDatabase({
  url,
  dataDir,
  asOwner = false,
  mayBeOutdated,
  ...options
}: MigratedDatabaseOptions): Promise<Database> {
  if (url !== undefined) {
    await migrate(url, { log: options.log, mayBeOutdated })
    return openDatabase({ ...options, url })
  }
  const embedded = await startEmbedded({ dataDir, log: options.log })
  try {
    await migrate(embedded.url, { log: options.log, mayBeOutdated })
    const database = openDatabase({ ...options, url: asOwner ? embedded.url : await servingUrl(embedded.url) })
    const close = async () => {
      try {
        await database.close()
      } finally {
        await embedded.stop()
      }
    }
    return { ...database, close }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

/** The database of an installation as it is: not migrated, and reachable until `close`. */
export type ReachableDatabase = {
  url: string
  /** How many connections this holds open. */
  connections: number
  close: () => Promise<void>
}

/** Starts the embedded PostgreSQL unless a URL is given or another process has started it. Throws `DatabaseStartupError`. */
export async function reachDatabase({
  url,
  dataDir,
  log,
}: Omit<MigratedDatabaseOptions, 'poolMax'>): Promise<ReachableDatabase> {
  if (url !== undefined) return { url, connections: 0, close: async () => {} }
  const embedded = await startEmbedded({ dataDir, log })
  return { url: embedded.url, connections: 1, close: embedded.stop }
}

/**
 * The directory that holds the embedded database of a data directory: itself or, where the account of the server could
 * not reach it, another one. Undefined while there is no database.
 */
export function embeddedDirectory(dataDir: string): string | undefined {
  const pointer = join(dataDir, 'postgres.path')
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim()
  return existsSync(join(dataDir, 'postgres', 'data')) ? dataDir : undefined
}

/** Migrates the database of an installation and keeps it running until `close`, for other processes to serve from it. */
export async function holdMigratedDatabase({
  url,
  dataDir,
  log,
}: Pick<MigratedDatabaseOptions, 'url' | 'dataDir' | 'log'>): Promise<Pick<ReachableDatabase, 'close'>> {
  const database = await reachDatabase({ url, dataDir, log })
  try {
    await migrate(database.url, { log })
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
