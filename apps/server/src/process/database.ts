import type { Database } from '@taskwire/db'
import { openDatabase, openMigratedDatabase, type MigratedDatabaseOptions } from '@taskwire/db/open'
import type { Env } from '../config/env.ts'
import type { BegunDatabase } from './begin_database.ts'

type Observers = Pick<
  MigratedDatabaseOptions,
  'log' | 'onStatement' | 'readUrl' | 'onRead' | 'asOwner' | 'mayBeOutdated'
> & {
  /** Where the start has begun it already, which also closes what it has started. */
  begun?: BegunDatabase | undefined
}

/** The database that the configuration names, with every migration applied. Throws `DatabaseStartupError`. */
export async function openConfiguredDatabase(env: Env, { begun, ...observers }: Observers): Promise<Database> {
  const { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir, DATABASE_POOL_MAX: poolMax } = env
  if (begun === undefined) return openMigratedDatabase({ url, dataDir, poolMax, ...observers })
  return openDatabase({ ...observers, url: (await begun.held).url, poolMax })
}
