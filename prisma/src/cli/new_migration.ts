import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'
import { schemaDifference } from '../migrate/schema_difference.ts'

// `pnpm db:new NAME`: writes the migration that takes the committed ones to schema.prisma. Needs no server or network.
const name = (process.argv[2] ?? '')
  .trim()
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '_')
if (!/[a-z0-9]/.test(name)) {
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

/** The current time in Prisma's format, but later than the last migration: names determine the order of execution. */
function timestampAfter(last: string | undefined): string {
  const now = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const least = BigInt(last?.slice(0, 14) ?? 0) + 1n
  return BigInt(now) > least ? now : String(least)
}
