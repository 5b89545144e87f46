import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../src/embedded/start.ts'
import { migrate } from '../src/migrate/migrate.ts'
import { migrationsDirectory, migrationsIn } from '../src/migrate/migrations.ts'
import { openDatabase, type Database } from '../src/pool/database.ts'
import { onServer, TEST_WAIT_MS, testDatabaseName, withDatabase } from './server_databases.ts'

/**
 * An empty migrated database for one test file, in any project: a clone of a template on an embedded PostgreSQL that all
 * test files of a project share, or on the server at `url`. `close` drops it; the last file to close stops the server.
 */
export async function ownTestDatabase(url: string | undefined): Promise<Database & { readonly url: string }> {
  const server = url === undefined || url === '' ? await sharedServer() : { url, stop: async () => {} }
  const template = await migratedTemplate(server.url)
  const name = testDatabaseName()
  await onServer(server.url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  const own = withDatabase(server.url, name)
  const database = openDatabase({ url: own, poolMax: 10, waitMs: TEST_WAIT_MS })
  return {
    ...database,
    url: own,
    async close() {
      await database.close()
      await onServer(server.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
      await server.stop()
    },
  }
}

/** The server of the project in the current directory. Its data lies in the directory for temporary files. */
async function sharedServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const project = createHash('sha256').update(process.cwd()).digest('hex').slice(0, 12)
  const dataDir = join(tmpdir(), `taskwire-test-${process.getuid?.() ?? 0}-${project}`)
  await mkdir(dataDir, { recursive: true })
  const start = () => startEmbedded({ dataDir, durable: false })
  return start().catch(async () => {
    // It runs without fsync, so a crash of the machine may have damaged it. It holds nothing worth keeping.
    await rm(dataDir, { recursive: true, force: true })
    return start()
  })
}

const TEMPLATE_LOCK = 7_230_417

/** The name of the database with every migration applied. The first test file to ask creates it, others wait. */
async function migratedTemplate(server: string): Promise<string> {
  const migrations = await migrationsIn(migrationsDirectory)
  const version = createHash('sha256')
    .update(migrations.map(({ checksum }) => checksum).join())
    .digest('hex')
  const template = `taskwire_template_${version.slice(0, 16)}`
  await onServer(server, async (client) => {
    await client.query(`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`)
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
    if (rowCount === 1) return
    const unfinished = `${template}_new`
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0 ENCODING 'UTF8'`)
    await migrate(withDatabase(server, unfinished))
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
  })
  return template
}
