import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { type Migration, migrationsDirectory } from './migrations.ts'

/**
 * The SQL that takes a database with these migrations to the schema; empty when they agree. The migrations run in a
 * temporary PGlite, so neither a server nor the network is needed. Triggers, functions and partial indexes are not
 * compared.
 */
export async function schemaDifference(migrations: Migration[]): Promise<string> {
  const path = fileURLToPath(new URL('../../schema.prisma', import.meta.url))
  const content = await readFile(path, 'utf8')
  const shadow = await PGlite.create()
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(onlyShadow(shadow))
    const engine = await SchemaEngine.new({ datamodels: [[path, content]] }, () => {}, factory)
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...asPrismaReadsThem(migrations) },
      to: { tag: 'schemaDatamodel', files: [{ path, content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout === null || stdout.startsWith('-- This is an empty migration.') ? '' : stdout
  } finally {
    await shadow.close()
  }
}

/** Uses one PGlite both as the engine's database, which is not needed here, and as its shadow database. */
function onlyShadow(shadow: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const { provider, adapterName } = new PrismaPGlite(shadow)
  const connect = async () => {
    const adapter = await new PrismaPGlite(shadow).connect()
    // The adapter's own method does not wait, so the error of a broken migration would be lost.
    adapter.executeScript = async (sql) => void (await shadow.exec(sql))
    return adapter
  }
  return { provider, adapterName, connect, connectToShadowDb: connect }
}

function asPrismaReadsThem(migrations: Migration[]) {
  return {
    baseDir: migrationsDirectory,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  }
}
