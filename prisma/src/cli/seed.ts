import { withDatabase } from './command.ts'
import { seed } from './demo_tasks.ts'
import { seedOptions } from './seed_options.ts'

// `npm run db:seed -- --user ID --count N`: demo tasks for a user, who needs no row anywhere.

const options = seedOptions(process.argv.slice(2))
if ('problem' in options) {
  console.error(options.problem)
  process.exit(1)
}

const { user_id, count } = options
const made = await withDatabase(({ pool }) => seed(pool, options))
if (made === undefined) process.exit(1)
console.log(`user ${user_id}: ${made} demo tasks made${made < count ? `, ${count - made} were there already` : ''}`)
