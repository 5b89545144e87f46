import { openDatabase, type Database, type DatabaseOptions } from './pool/database.ts'
import { holdMigratedDatabase, type HoldOptions } from './reach.ts'

export { openDatabase } from './pool/database.ts'

export type MigratedDatabaseOptions = Omit<DatabaseOptions, 'url'> & HoldOptions

/**
 * Opens the database of an installation with every migration applied. `close` also releases the embedded server, which
 * the last process to disconnect stops. Throws `DatabaseStartupError`.
 */
export async function openMigratedDatabase(options: MigratedDatabaseOptions): Promise<Database> {
  const held = await holdMigratedDatabase(options)
  try {
    const database = openDatabase({ ...options, url: held.url })
    const close = async () => {
      try {
        await database.close()
      } finally {
        await held.close()
      }
    }
    return { ...database, close }
  } catch (error) {
    await held.close()
    throw error
  }
}
