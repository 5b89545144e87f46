import { parseArgs } from 'node:util'
import { withDatabase } from './command.ts'
import { isUserId } from '../limits.ts'
import { seed } from './demo_tasks.ts'

// `npm run db:seed -- --user ID --count N`: demo tasks for a user, who needs no row anywhere.

const { values } = parseArgs({
  options: { user: { type: 'string', default: 'demo' }, count: { type: 'string', default: '25' } },
})
const count = Number(values.count)
if (!Number.isInteger(count) || count < 1 || count > 1_000_000) {
  console.error('--count must be a whole number from 1 to 1000000')
  process.exit(1)
}
if (!isUserId(values.user)) {
  console.error('--user must be 1 to 128 characters without control characters, and not "auth"')
  process.exit(1)
}

const made = await withDatabase(({ pool }) => seed(pool, { user_id: values.user, count }))
if (made === undefined) process.exit(1)
console.log(`user ${values.user}: ${made} demo tasks made${made < count ? `, ${count - made} were there already` : ''}`)
