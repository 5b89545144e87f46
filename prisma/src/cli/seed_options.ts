import { parseArgs } from 'node:util'
import { isUserId } from '../limits.ts'

const MAX_COUNT = 1_000_000

/** Whose demo tasks to create, and how many; or what is wrong with the arguments, in one line. */
export type SeedOptions = { readonly user_id: string; readonly count: number } | { readonly problem: string }

export function seedOptions(args: readonly string[]): SeedOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { user: { type: 'string', default: 'demo' }, count: { type: 'string', default: '25' } },
  })
  const count = Number(values.count)
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    return { problem: `--count must be a whole number from 1 to ${MAX_COUNT}` }
  }
  if (isUserId(values.user)) return { user_id: values.user, count }
  return { problem: '--user must be 1 to 128 characters without control characters, and not "auth"' }
}
