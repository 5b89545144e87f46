import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import type { Pool } from 'pg'
import { type Migration, migrationList } from './migrations.ts'
import { DatabaseNotReady, inOneLine } from './not-ready.ts'

const filters = { externalTables: [], externalEnums: [] }

/** Applies what is pending in the transaction that is open on the pool's only connection, and keeps Prisma's records. */
export async function applyMigrations(pool: Pool, migrations: Migration[]): Promise<void> {
  const running: { sql?: string; error?: unknown } = {}
  const engine = await schemaEngine(insideTransaction(pool, running))
  try {
    await engine.applyMigrations({ migrationsList: migrationList(migrations), filters })
  } catch (error) {
    const cause = running.error ?? error
    const name = migrations.find(({ sql }) => sql === running.sql)?.name
    const what = name ? `migration ${name} failed and was rolled back` : 'the migrations could not be applied'
    throw new DatabaseNotReady('migration_failed', `${what}: ${inOneLine(cause)}`, cause)
  } finally {
    engine.free()
  }
}

/** Prisma's schema engine on a database, without its native binary. */
export async function schemaEngine(factory: SqlMigrationAwareDriverAdapterFactory) {
  const schema = await readFile(new URL('schema.prisma', import.meta.url), 'utf8')
  const datamodels: [string, string][] = [['schema.prisma', schema]]
  return SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory))
}

function insideTransaction(
  pool: Pool,
  running: { sql?: string; error?: unknown },
): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool, { schema: 'taskwire' })
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    connect: async () => inOnePiece(await factory.connect(), pool, running),
  }
}

function inOnePiece(
  adapter: SqlDriverAdapter,
  pool: Pool,
  running: { sql?: string; error?: unknown },
): SqlDriverAdapter {
  // The adapter's own cuts a script at every semicolon, those inside of functions too.
  adapter.executeScript = async (sql) => {
    running.sql = sql
    await pool.query(sql).catch((error: unknown) => {
      running.error = error
      throw error
    })
  }
  // The engine takes its lock for the session, which through a pooler would outlive us; the caller holds it already.
  const executeRaw = adapter.executeRaw.bind(adapter)
  adapter.executeRaw = async (query) => (query.sql.includes('pg_advisory_lock(') ? 1 : executeRaw(query))
  return adapter
}
