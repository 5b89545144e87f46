import { parseArgs } from 'node:util'
import { readEnv } from '../config/env.ts'
import { openConfiguredDatabase } from '../process/database.ts'
import { CommandError, logProgress, runCommand } from './run_command.ts'
import { deleteUser, disableUser, enableUser, findUser, listUsers, revokeKeys, type ListedUser } from './users.ts'

const USAGE = `npm run user -- list [--json]          lists the accounts
npm run user -- disable ID|EMAIL       ends sessions, keys and connected apps, and refuses the password
npm run user -- enable ID|EMAIL        accepts the password and the keys again
npm run user -- revoke-keys ID|EMAIL   deletes the API keys
npm run user -- delete ID|EMAIL --yes  deletes the account with its tasks, log and conversations
`

const ACTIONS = { disable: disableUser, enable: enableUser, 'revoke-keys': revokeKeys, delete: deleteUser }

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [action = '', who, ...rest] = positionals
  const run = isAction(action) ? ACTIONS[action] : undefined
  if (values.help || rest.length > 0 || (action === 'list') === (who !== undefined) || (action !== 'list' && !run)) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  if (action === 'delete' && !values.yes) throw new CommandError('this cannot be undone: repeat it with --yes')
  const database = await openConfiguredDatabase(readEnv(), { log: logProgress })
  try {
    if (run === undefined || who === undefined)
      process.stdout.write(listed(await listUsers(database.pool), values.json))
    else process.stdout.write(`${await run(database.pool, await findUser(database.pool, who))}\n`)
    return 0
  } finally {
    await database.close()
  }
})

function isAction(text: string): text is keyof typeof ACTIONS {
  return Object.hasOwn(ACTIONS, text)
}

function listed(users: readonly ListedUser[], asJson: boolean): string {
  if (asJson) return `${JSON.stringify(users, null, 1)}\n`
  const lines = users.map(({ id, email, created_at, tasks, keys, is_disabled }) =>
    [id, email, created_at.slice(0, 10), `${tasks} tasks`, `${keys} keys`, is_disabled ? 'disabled' : '']
      .join('  ')
      .trimEnd(),
  )
  return `${[...lines, `${users.length} ${users.length === 1 ? 'account' : 'accounts'}`].join('\n')}\n`
}
