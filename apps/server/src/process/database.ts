import { openDatabase, type Database } from '@taskwire/db'
import { startEmbedded } from '@taskwire/db/embedded'
import { migrate } from '@taskwire/db/migrate'
import type { Env } from '../config/env.ts'

/**
 * The configured database, else the embedded one of the data directory, with our tables up to date. `close` also lets
 * go of the embedded server: the last process to leave stops it. Throws `DatabaseStartupError`.
 */
export async function migratedDatabase(env: Env, log: (message: string) => void): Promise<Database> {
  const embedded =
    env.DATABASE_URL === undefined ? await startEmbedded({ dataDir: env.TASKWIRE_DATA_DIR, log }) : undefined
  const url = embedded?.url ?? env.DATABASE_URL ?? ''
  try {
    await migrate(url, { log })
    const database = openDatabase({ url, poolMax: env.DATABASE_POOL_MAX, log })
    return {
      ...database,
      close: async () => {
        await database.close()
        await embedded?.stop()
      },
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}
