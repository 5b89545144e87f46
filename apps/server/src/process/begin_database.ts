import { holdMigratedDatabase, type ReachableDatabase } from '@taskwire/db/reach'
import type { Logger } from 'pino'
import type { Env } from '../config/env.ts'
import type { Cleanup } from './shutdown.ts'

/** A database that is being started and migrated, or has been. Closing it is registered. */
export interface BegunDatabase {
  readonly held: Promise<Pick<ReachableDatabase, 'url'>>
}

/**
 * Begins to start and migrate the database, and resolves as soon as PostgreSQL starts by itself: what loads the app then
 * blocks this thread for most of a start. Throws `DatabaseStartupError` where that is known by then,
 * `held` also `ShutdownRequested`: a stop waits for no migration but the one that is being applied.
 */
export async function beginDatabase(
  { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir }: Pick<Env, 'DATABASE_URL' | 'TASKWIRE_DATA_DIR'>,
  log: Pick<Logger, 'info'>,
  cleanup: Pick<Cleanup, 'add' | 'signal'>,
): Promise<BegunDatabase> {
  let held: Promise<ReachableDatabase> | undefined
  // Registered before anything is started: a start that fails or is stopped meanwhile waits for it and closes it.
  cleanup.add(async () => {
    const database = await held?.catch(() => undefined)
    await database?.close()
  })
  const starting = Promise.withResolvers<void>()
  const { signal } = cleanup
  held = holdMigratedDatabase({
    url,
    dataDir,
    log: (message) => log.info(message),
    onStarting: starting.resolve,
    signal,
  })
  // Also marks its rejection as handled, which may come before anybody awaits it.
  await Promise.race([starting.promise, held])
  return { held }
}
