import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'
import { schemaDifference } from '../migrate/schema_difference.ts'
import { migrationName, timestampAfter } from './migration_name.ts'

// `pnpm db:new NAME`: writes the migration that takes the committed ones to schema.prisma. Needs no server or network.
const name = migrationName(process.argv[2] ?? '')
if (name === undefined) {
  console.error('usage: pnpm db:new NAME, for example: pnpm db:new task_due_date')
  process.exit(1)
}

const migrations = await migrationsIn(migrationsDirectory)
const sql = await schemaDifference(migrations)
const directory = join(migrationsDirectory, `${timestampAfter(migrations.at(-1)?.name)}_${name}`)
await mkdir(directory)
const file = join(directory, 'migration.sql')
await writeFile(
  file,
  sql || '-- The schema needs no change. Write here what it cannot express: triggers, functions, partial indexes.\n',
)
console.log(`wrote ${relative(process.cwd(), file)}${sql ? '' : ', which is empty: schema and migrations agree'}`)
if (/\bDROP (TABLE|COLUMN)\b/.test(sql))
  console.log('it drops a table or column that may hold data: review it before it runs anywhere')
