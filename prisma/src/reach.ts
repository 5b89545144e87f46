import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { servingUrl } from './embedded/serving_role.ts'
import { startEmbedded } from './embedded/start.ts'
import { migrate } from './migrate/migrate.ts'

// Nothing here loads Prisma: the server begins its database with this file and loads the rest while PostgreSQL starts.

export type ReachOptions = {
  /** Undefined: the embedded PostgreSQL in `dataDir`, started if no other process has started it. */
  url: string | undefined
  dataDir: string
  log: (message: string) => void
  /** Called as soon as PostgreSQL runs or starts by itself: from then on the caller may block its thread. */
  onStarting?: (() => void) | undefined
  /** Aborted: what was begun is ended as soon as that leaves nothing half done, and its reason is thrown. */
  signal?: AbortSignal | undefined
}

/** The database of an installation, reachable until `close`. */
export type ReachableDatabase = {
  url: string
  /** How many connections this holds open. */
  connections: number
  close: () => Promise<void>
}

/**
 * The database of an installation as it is: not migrated. Starts the embedded PostgreSQL unless a URL is given or another
 * process has started it. Throws `DatabaseStartupError`.
 */
export async function reachDatabase({
  url,
  dataDir,
  log,
  onStarting,
  signal,
}: ReachOptions): Promise<ReachableDatabase> {
  if (url !== undefined) {
    onStarting?.()
    return { url, connections: 0, close: async () => {} }
  }
  const embedded = await startEmbedded({ dataDir, log, onStarting, signal })
  return { url: embedded.url, connections: 1, close: embedded.stop }
}

export type HoldOptions = ReachOptions & {
  /** True for a process of a server that runs already: see `MigrateOptions`. */
  mayBeOutdated?: boolean | undefined
  /** True for commands that read tables other than ours. The embedded database is otherwise used as a role that may not. */
  asOwner?: boolean | undefined
}

/** Migrates the database of an installation and keeps it running until `close`. Throws `DatabaseStartupError`. */
export async function holdMigratedDatabase(options: HoldOptions): Promise<ReachableDatabase> {
  const { log, signal, mayBeOutdated, asOwner = false } = options
  const database = await reachDatabase(options)
  try {
    await migrate(database.url, { log, signal, mayBeOutdated })
    if (options.url !== undefined || asOwner) return database
    return { ...database, url: await servingUrl(database.url) }
  } catch (error) {
    await database.close()
    throw error
  }
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
