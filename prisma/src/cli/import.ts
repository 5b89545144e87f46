import { type Copied, copyOldService } from '../import/copy.ts'
import { withDatabase } from './command.ts'

// `npm run db:import`: copies the rows of the old service from the schema `public` of the same database.

const results = await withDatabase(({ pool }) => copyOldService(pool))
if (results === undefined) process.exit(1)
if (results.length === 0) {
  console.error(
    'nothing to import: the schema public has no table task of the old service (is DATABASE_URL its database?)',
  )
  process.exit(1)
}
for (const result of results) report(result)

function report({ table, copied, present, refused, notes }: Copied): void {
  console.log(`${table}: ${copied} copied, ${present} already here, ${refused.length} not taken over`)
  for (const [note, rows] of notes) console.log(`  ${rows} of the copied: ${note}`)
  for (const line of refused) console.log(`  not taken over: ${line}`)
}
