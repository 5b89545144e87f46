import { type Copied, copyOldService, type OldTableNames } from '@taskwire/api/import'
import { parseArgs } from 'node:util'
import { ConfigurationError, readEnv } from '../config/env.ts'
import { openConfiguredDatabase } from './database.ts'

// `npm run db:import`: copies the rows of the old service from the schema `public` of the same database.

const USAGE = `npm run db:import [-- --task-table NAME --conversation-table NAME --message-table NAME --user-table NAME --account-table NAME]
copies the tables task, conversation, message, user and account of the old service, or their plurals; may be repeated`

const OPTIONS = {
  'task-table': { type: 'string' },
  'conversation-table': { type: 'string' },
  'message-table': { type: 'string' },
  'user-table': { type: 'string' },
  'account-table': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

process.exitCode = await run()

async function run(): Promise<number> {
  try {
    const { values } = parseArgs({ options: OPTIONS })
    if (values.help === true) {
      console.error(USAGE)
      return 0
    }
    const results = await importOldService(tableNames(values))
    for (const result of results) report(result)
    if (results.length > 0) return 0
    console.error(
      'nothing to import: the schema public has no table task or tasks of the old service (is DATABASE_URL its database?)',
    )
  } catch (error) {
    const lines =
      error instanceof ConfigurationError ? error.problems : [error instanceof Error ? error.message : String(error)]
    console.error(lines.join('\n'))
  }
  return 1
}

async function importOldService(names: OldTableNames): Promise<Copied[]> {
  const database = await openConfiguredDatabase(readEnv(), { log: (line) => console.error(line), asOwner: true })
  try {
    return await copyOldService(database.pool, names)
  } finally {
    await database.close()
  }
}

function tableNames(values: Partial<Record<keyof typeof OPTIONS, string | boolean>>): OldTableNames {
  const given = Object.entries(values).flatMap(([option, name]) =>
    typeof name === 'string' ? [[option.replace('-table', ''), name]] : [],
  )
  return Object.fromEntries(given)
}

function report({ table, copied, present, refused, notes, unused }: Copied): void {
  console.log(`${table}: ${copied} copied, ${present} already here, ${refused.length} not taken over`)
  for (const [note, rows] of notes) console.log(`  ${rows} of the copied: ${note}`)
  for (const line of refused) console.log(`  not taken over: ${line}`)
  for (const [column, rows] of unused) console.log(`  not imported: column ${column}, rows with a value: ${rows}`)
}
