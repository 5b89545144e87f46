import type { Database } from '@taskwire/db'
import { openMigratedDatabase, type MigratedDatabaseOptions } from '@taskwire/db/open'
import type { Env } from '../config/env.ts'

type Observers = Pick<
  MigratedDatabaseOptions,
  'log' | 'onStatement' | 'readUrl' | 'onRead' | 'asOwner' | 'mayBeOutdated'
>

/** The database that the configuration names, with every migration applied. Throws `DatabaseStartupError`. */
export function openConfiguredDatabase(env: Env, observers: Observers): Promise<Database> {
  const { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir, DATABASE_POOL_MAX: poolMax } = env
  return openMigratedDatabase({ url, dataDir, poolMax, ...observers })
}
