import { type Database, openDatabase } from '../pool/database.ts'
import { startEmbedded } from '../embedded/start.ts'
import { DatabaseStartupError, migrate } from '../migrate/migrate.ts'
import { errorMessage } from '../migrate/database_startup_error.ts'

/** Runs a command on the database that the server would use. On failure it prints one line and returns undefined. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T | undefined> {
  const given = process.env['DATABASE_URL']?.trim()
  try {
    const dataDir = process.env['TASKWIRE_DATA_DIR']?.trim() || '.data'
    const embedded = given ? undefined : await startEmbedded({ dataDir, log })
    try {
      const url = given || (embedded?.url ?? '')
      await migrate(url, { log })
      const database = openDatabase({ url, poolMax: 5, log })
      try {
        return await work(database)
      } finally {
        await database.close()
      }
    } finally {
      await embedded?.stop()
    }
  } catch (error) {
    console.error(error instanceof DatabaseStartupError ? error.message : errorMessage(error))
    return undefined
  }
}

function log(line: string): void {
  console.error(line)
}
