import { openMigratedDatabase } from '@taskwire/db/open'
import { tokenVerifier } from './auth/token.ts'
import { cursorCodec } from './core/cursor.ts'
import type { Services } from './core/services.ts'
import { changeFeed } from './log/feed.ts'

export interface EmbedOptions {
  /** A PostgreSQL of your own (14 or newer). Default: the embedded one in `dataDir`. */
  readonly databaseUrl?: string | undefined
  /** Where the embedded PostgreSQL keeps its data. Default: `.data` */
  readonly dataDir?: string
  /** At least 32 characters. Signs cursors, and verifies tokens (HS256) unless `tokens` does. */
  readonly secret: string
  /** Your own authentication. */
  readonly tokens?: Services['tokens']
  /** Default: the console. */
  readonly log?: Services['log']
  /** Further services, such as an assistant or a rate limit. */
  readonly services?: Partial<Services>
}

/**
 * Opens everything that the procedures need, for a server of your own that mounts `appRouter`. Call it once for each
 * process, and `close` before it ends.
 *
 * @throws DatabaseStartupError if the database cannot be started, reached or migrated.
 * @throws RangeError if the secret is too short.
 * @example
 * const { services, close } = await openServices({ secret: mySecret })
 * const context = { services, via: 'trpc', request_id: randomUUID(), token: bearerToken(header) }
 */
export async function openServices(options: EmbedOptions): Promise<{ services: Services; close: () => Promise<void> }> {
  const { databaseUrl, dataDir = '.data', secret, log = console } = options
  if (secret.length < 32) throw new RangeError('The secret must have at least 32 characters')
  const key = new TextEncoder().encode(secret)
  const database = await openMigratedDatabase({ url: databaseUrl, dataDir, log: (message) => log.warn({}, message) })
  const { db, sql, snapshots, transact, isWritable } = database
  const services: Services = {
    db,
    sql,
    snapshots,
    transact,
    isWritable,
    log,
    tokens: options.tokens ?? tokenVerifier({ secret: key }),
    cursors: cursorCodec(key),
    feed: changeFeed({ db, log }),
    ...options.services,
  }
  return {
    services,
    async close() {
      services.feed.close()
      await database.close()
    },
  }
}
