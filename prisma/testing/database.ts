import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/pool/database.ts'
import { onServer, TEST_WAIT_MS, testDatabaseName, withDatabase } from './server_databases.ts'

export { currentCaller } from '../src/pool/caller.ts'
export { onServer, testDatabaseName, withDatabase } from './server_databases.ts'

export type TestDatabase = Database & { url: string }

/**
 * An empty migrated database for one test file, cloned in milliseconds. `close` drops it, even with open connections.
 * The server is the one that `server.ts` starts, or the one at TEST_DATABASE_URL.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { server, template } = inject('databases')
  const url = await createdDatabase(server, template)
  const database = openDatabase({ url, poolMax: 10, waitMs: TEST_WAIT_MS })
  return {
    ...database,
    url,
    close: async () => {
      await database.close()
      await dropDatabase(server, url)
    },
  }
}

/** A database without our tables, for tests that migrate it themselves. */
export async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const { server } = inject('databases')
  const url = await createdDatabase(server, 'template0')
  return { url, drop: () => dropDatabase(server, url) }
}

async function createdDatabase(server: string, template: string): Promise<string> {
  const name = testDatabaseName()
  await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'`))
  return withDatabase(server, name)
}

async function dropDatabase(server: string, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await onServer(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
}

declare module 'vitest' {
  interface ProvidedContext {
    databases: { server: string; template: string }
  }
}
