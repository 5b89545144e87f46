import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './progress.mjs'

const SERVER = '@taskwire/server'

/**
 * The commands for operators, which `taskwire --help` lists. They run as bundles of these programs, in a clone as in the
 * package `taskwire`: to load their thousand modules Node needs half as much time again, and 25 MB more.
 */
export const operators = {
  start: {
    run: ['apps/server/src/main.ts'],
    summary: 'starts the server; --help lists its settings',
    envFile: true,
    builds: [SERVER, '@taskwire/web'],
    limitsHeap: true,
  },
  token: {
    run: ['apps/server/src/auth/token_command.ts'],
    usage: '--user ID [--expires 1h]',
    summary: 'prints a token of this installation; --explain explains one',
    envFile: true,
  },
  backup: {
    run: ['apps/server/src/commands/backup_command.ts'],
    usage: 'FILE [--force]',
    summary: 'writes everything into one file, also while the server runs',
    envFile: true,
  },
  restore: {
    run: ['apps/server/src/commands/restore_command.ts'],
    usage: 'FILE [--check]',
    summary: 'restores a backup into an empty installation',
    envFile: true,
  },
  doctor: {
    run: ['apps/server/src/commands/doctor_command.ts'],
    summary: 'checks settings, database, versions, disk and clock',
    envFile: true,
  },
  user: {
    run: ['apps/server/src/commands/user_command.ts'],
    usage: 'list|disable|enable|delete|revoke-keys',
    summary: 'lists accounts, or changes one of them',
    envFile: true,
  },
  'reset-password': {
    run: ['apps/server/src/commands/reset_password_command.ts'],
    usage: '--email EMAIL',
    summary: 'prints a link with which a user chooses a new password',
    envFile: true,
  },
  export: {
    run: ['apps/server/src/commands/export_command.ts'],
    usage: '--user ID --format NAME FILE',
    summary: 'writes the tasks of a user into a file',
    envFile: true,
  },
  import: {
    run: ['apps/server/src/commands/import_file_command.ts'],
    usage: '--user ID --source NAME FILE',
    summary: 'creates the tasks of a file, of ours or of another product',
    envFile: true,
  },
  'db:import': {
    run: ['apps/server/src/process/import_command.ts'],
    summary: 'copies the tables of the old service',
    envFile: true,
  },
  mcp: {
    run: ['apps/server/src/transports/mcp/stdio.ts'],
    summary: 'speaks MCP over stdio for the owner of TASKWIRE_API_KEY',
    envFile: true,
  },
}

/** The commands of developers of this repository. */
const developers = {
  test: { run: ['node_modules/vitest/vitest.mjs', 'run'], develops: true, builds: true },
  pack: { run: ['scripts/package/packages.mjs'], develops: true },
  'db:seed': { run: ['prisma/src/cli/seed.ts'], envFile: true },
  'db:new': { run: ['prisma/src/cli/new_migration.ts'], develops: true },
  pnpm: { run: ['.tools/node_modules/pnpm/bin/pnpm.mjs'], develops: true },
}

/** The commands of `taskwire NAME` and `npm run NAME --`. */
export const commands = {
  ...Object.fromEntries(Object.entries(operators).map(([name, command]) => [name, { builds: [SERVER], ...command }])),
  ...developers,
}

/** The file of a command in the bundle. */
export function bundleOf(name) {
  return `${name.replace(':', '_')}.mjs`
}

/** The output of `taskwire --help`. */
export function helpText() {
  const lines = Object.entries(operators).map(
    ([name, { usage = '', summary }]) => `  ${`${name} ${usage}`.trim().padEnd(34)} ${summary}`,
  )
  return `Taskwire: a task backend behind REST, tRPC, MCP and chat.

usage: taskwire [COMMAND]    or, in a clone: npm run COMMAND -- ...

${lines.join('\n')}

Without a command the server starts. Each command has --help; --version prints the version.
`
}

/** The output of `taskwire --version`. */
export function version() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}
