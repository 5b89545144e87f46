import { type Copied, copyOldService } from '@taskwire/api/import'
import { ConfigurationError, readEnv } from '../config/env.ts'
import { openConfiguredDatabase } from './database.ts'

// `npm run db:import`: copies the rows of the old service from the schema `public` of the same database.

process.exitCode = await run()

async function run(): Promise<number> {
  try {
    const results = await importOldService()
    for (const result of results) report(result)
    if (results.length > 0) return 0
    console.error(
      'nothing to import: the schema public has no table task of the old service (is DATABASE_URL its database?)',
    )
  } catch (error) {
    const lines =
      error instanceof ConfigurationError ? error.problems : [error instanceof Error ? error.message : String(error)]
    console.error(lines.join('\n'))
  }
  return 1
}

async function importOldService(): Promise<Copied[]> {
  const database = await openConfiguredDatabase(readEnv(), { log: (line) => console.error(line), asOwner: true })
  try {
    return await copyOldService(database.pool)
  } finally {
    await database.close()
  }
}

function report({ table, copied, present, refused, notes, unused }: Copied): void {
  console.log(`${table}: ${copied} copied, ${present} already here, ${refused.length} not taken over`)
  for (const [note, rows] of notes) console.log(`  ${rows} of the copied: ${note}`)
  for (const line of refused) console.log(`  not taken over: ${line}`)
  for (const [column, rows] of unused) console.log(`  not imported: column ${column}, rows with a value: ${rows}`)
}
