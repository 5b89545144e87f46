import { startEmbedded } from './embedded/start.ts'
import { migrate } from './migrate/migrate.ts'
import { openDatabase, type Database, type DatabaseOptions } from './pool/database.ts'

export type MigratedDatabaseOptions = Omit<DatabaseOptions, 'url'> & {
  /** Undefined: the embedded PostgreSQL in `dataDir`, started if no other process has started it. */
  url: string | undefined
  dataDir: string
  log: (message: string) => void
}

/**
 * Opens the database of an installation with every migration applied. `close` also releases the embedded server, which
 * the last process to disconnect stops. Throws `DatabaseStartupError`.
 */
export async function openMigratedDatabase({ url, dataDir, ...options }: MigratedDatabaseOptions): Promise<Database> {
  if (url !== undefined) return migrateAndOpen({ ...options, url })
  const embedded = await startEmbedded({ dataDir, log: options.log })
  try {
    const database = await migrateAndOpen({ ...options, url: embedded.url })
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

async function migrateAndOpen({ log, ...options }: DatabaseOptions & { log: (message: string) => void }) {
  await migrate(options.url, { log })
  return openDatabase({ ...options, log })
}
