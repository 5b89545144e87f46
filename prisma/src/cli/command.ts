import { DatabaseStartupError, errorMessage } from '../migrate/database_startup_error.ts'
import { openMigratedDatabase } from '../open.ts'
import type { Database } from '../pool/database.ts'

/** Runs a command on the database that the server would use. On failure it prints one line and returns undefined. */
export async function withDatabase<T>(
  work: (database: Database) => Promise<T>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<T | undefined> {
  const url = env['DATABASE_URL']?.trim() || undefined
  const dataDir = env['TASKWIRE_DATA_DIR']?.trim() || '.data'
  try {
    const database = await openMigratedDatabase({ url, dataDir, poolMax: 5, log })
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  } catch (error) {
    console.error(error instanceof DatabaseStartupError ? error.message : errorMessage(error))
    return undefined
  }
}

function log(line: string): void {
  console.error(line)
}
