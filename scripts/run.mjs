// Runs `npm start`, `npm test` and the other npm scripts: prepares the clone if needed, then runs the target with Node 24.
// Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { envFileFlags } from './env_file.mjs'
import { heapFlags } from './heap.mjs'
import { fail, root } from './progress.mjs'

const targets = {
  start: { run: ['apps/server/src/main.ts'], envFile: true, builds: true, limitsHeap: true },
  test: { run: ['node_modules/vitest/vitest.mjs', 'run'], builds: true },
  token: { run: ['apps/server/src/auth/token_command.ts'], envFile: true },
  'db:import': { run: ['apps/server/src/process/import_command.ts'], envFile: true },
  'db:seed': { run: ['prisma/src/cli/seed.ts'], envFile: true },
  pnpm: { run: ['.tools/node_modules/pnpm/bin/pnpm.mjs'] },
  'db:new': { run: ['prisma/src/cli/new_migration.ts'] },
  mcp: { run: ['apps/server/src/transports/mcp/stdio.ts'], envFile: true },
}

const [name = '', ...args] = process.argv.slice(2)
const target = targets[name]
if (target === undefined) fail(`unknown command "${name}". The commands are ${Object.keys(targets).join(', ')}`)

const node = await bootstrap(target)
const child = spawn(node, [...nodeFlags(target), ...target.run, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(node), ...['node_modules/.bin', '.tools/node_modules/.bin'].map(inRoot), process.env.PATH].join(
      delimiter,
    ),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' '),
  },
})

// Ctrl-C reaches the child directly as well, but a signal sent only to us or to npm has to be forwarded.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
process.on('SIGHUP', () => child.kill('SIGTERM'))
child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`))
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))

function inRoot(path) {
  return join(root, path)
}

/** Tests must not read `.env`: it may name a real database. */
function nodeFlags({ envFile, limitsHeap }) {
  return [...(limitsHeap ? heapFlags() : []), ...(envFile ? envFileFlags(root) : [])]
}
