import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../src/embedded/start.ts'
import { migrate } from '../src/migrate/migrate.ts'
import { memoryDirectory } from './memory.ts'
import { onServer, testDatabaseName, withDatabase } from './server_databases.ts'

/** Starts one server before all tests, with one migrated database that each test file clones. */
export default async function testServer(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await server()
  const template = testDatabaseName()
  await onServer(url, async (client) => {
    for (const name of await leftovers(client)) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`)
  })
  await migrate(withDatabase(url, template))
  project.provide('databases', { server: url, template })
  return async () => {
    await onServer(url, (client) => client.query(`DROP DATABASE ${template} WITH (FORCE)`))
    await stop()
  }
}

async function server(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { url: given, stop: async () => {} }
  const onDisk = fileURLToPath(new URL('../node_modules/.cache/taskwire-test', import.meta.url))
  const memory = memoryDirectory()
  const dataDir = memory === undefined ? onDisk : join(memory, 'data')
  await mkdir(dataDir, { recursive: true })
  const start = () => startEmbedded({ dataDir, durable: false })
  return start().catch(async () => {
    // It runs without fsync, so a crash of the machine may have damaged it. It holds nothing worth keeping.
    await rm(dataDir, { recursive: true, force: true })
    return start()
  })
}

type Queries = { query(sql: string): Promise<{ rows: { datname: string }[] }> }

/** Databases of killed runs: no database of a live run is older than an hour. */
async function leftovers(client: Queries): Promise<string[]> {
  const { rows } = await client.query(`SELECT datname FROM pg_database WHERE datname ~ '^taskwire_test_[0-9]+_'`)
  return rows.map((row) => row.datname).filter((name) => Date.now() - Number(name.split('_')[2]) > 3_600_000)
}
