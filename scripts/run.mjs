// Behind `npm start`, `npm test` and the other npm scripts: makes the clone ready where it is not, then runs the target
// with Node 24. Plain JavaScript for Node 20 and without dependencies, for it runs before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { heapFlags } from './heap.mjs'
import { fail, root } from './progress.mjs'
import { madeReady } from './setup.mjs'

const targets = {
  start: { run: ['apps/server/src/main.ts'], settings: true, builds: true, serves: true },
  test: { run: ['node_modules/vitest/vitest.mjs', 'run'], builds: true },
  token: { run: ['apps/server/src/auth/token_command.ts'], settings: true },
  'db:import': { run: ['prisma/src/cli/import.ts'], settings: true },
  'db:seed': { run: ['prisma/src/cli/seed.ts'], settings: true },
  pnpm: { run: ['.tools/node_modules/pnpm/bin/pnpm.mjs'] },
  'db:new': { run: ['prisma/src/cli/new_migration.ts'] },
  mcp: { run: ['apps/server/src/transports/mcp/stdio.ts'] },
}

const [name = '', ...args] = process.argv.slice(2)
const target = targets[name]
if (target === undefined) fail(`there is no "${name}": ${Object.keys(targets).join(', ')}`)

const node = await madeReady(target)
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

// Ctrl-C reaches the child by itself too; whoever signals only us or npm counts on our passing it on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
process.on('SIGHUP', () => child.kill('SIGTERM'))
child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`))
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))

function inRoot(path) {
  return join(root, path)
}

/** `.env` is for those who serve and seed. The tests must not find somebody's real database in it. */
function nodeFlags({ settings, serves }) {
  const file = join(root, '.env')
  const variables = settings && existsSync(file) ? [`--env-file=${file}`] : []
  return serves ? [...heapFlags(), ...variables] : variables
}
