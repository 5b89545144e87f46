import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Db } from '@taskwire/db'
import { resetPage } from '../auth/account_mail.ts'
import { readEnv, type Env } from '../config/env.ts'
import { openConfiguredDatabase } from '../process/database.ts'
import { CommandError, logProgress, runCommand } from './run_command.ts'
import { findUser, isDisabled } from './users.ts'

const USAGE = `npm run reset-password -- --email EMAIL   prints a link with which the owner of the account chooses a new password
                                         it works once, within an hour
`

const HOUR_MS = 3_600_000

await runCommand(async () => {
  const { values } = parseArgs({
    options: { email: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help || values.email === undefined) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  process.stdout.write(`${await resetLink(readEnv(), values.email)}\n`)
  return 0
})

async function resetLink(env: Env, email: string): Promise<string> {
  const database = await openConfiguredDatabase(env, { log: logProgress })
  try {
    const user = await findUser(database.pool, email)
    if (await isDisabled(database.pool, user)) {
      throw new CommandError(`${user.email} is disabled: npm run user -- enable ${user.email}`)
    }
    return resetPage(env.BETTER_AUTH_URL, await resetToken(database.db, user.id))
  } finally {
    await database.close()
  }
}

/** A token as Better Auth makes them for `/request-password-reset`. */
async function resetToken(db: Db, userId: string): Promise<string> {
  const token = randomBytes(18).toString('base64url')
  const expiresAt = new Date(Date.now() + HOUR_MS)
  const id = randomBytes(18).toString('base64url')
  await db.verification.create({ data: { id, identifier: `reset-password:${token}`, value: userId, expiresAt } })
  return token
}
