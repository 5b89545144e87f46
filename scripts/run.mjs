#!/usr/bin/env node
// Runs `taskwire`, `npm start`, `npm test` and the other npm scripts: prepares the clone if needed, then runs the target with Node 24.
// Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
import { delimiter, dirname, join } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { bundleOf, commands, helpText, operators, version } from './commands.mjs'
import { envFileFlags } from './env_file.mjs'
import { heapFlags } from './heap.mjs'
import { mcpFront } from './mcp_front.mjs'
import { fail, root } from './progress.mjs'
import { runProgram } from './run_program.mjs'

const [name = 'start', ...args] = process.argv.slice(2)
if (name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(helpText())
  process.exit(0)
}
if (name === '--version' || name === '-v') {
  process.stdout.write(`${version()}\n`)
  process.exit(0)
}
const target = Object.hasOwn(commands, name) ? commands[name] : undefined
if (target === undefined) fail(`unknown command "${name}": taskwire --help lists the commands`)

// Its clients wait for an answer from the first moment.
const front = name === 'mcp' ? mcpFront() : undefined
if (front !== undefined) process.on('exit', () => front.abandon())
const node = await bootstrap(target).catch(explain)
const program = Object.hasOwn(operators, name) ? [`apps/server/dist/${bundleOf(name)}`] : target.run
runProgram(node, [...nodeFlags(target), ...program, ...args], {
  cwd: root,
  front,
  env: {
    ...process.env,
    PATH: [dirname(node), ...['node_modules/.bin', '.tools/node_modules/.bin'].map(inRoot), process.env.PATH].join(
      delimiter,
    ),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' '),
  },
})

/**
 * Throws. A file system that cannot be written is the operator's to change, so it gets one line instead of a stack.
 * @returns {never}
 */
function explain(error) {
  if (error.code === 'ENOSPC') fail('the disk is full; free some space and run this again')
  // Node says ENOENT where the file system is mounted read-only.
  const isReadOnly = error.code === 'ENOENT' && error.syscall === 'mkdir'
  if (!isReadOnly && !['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error
  fail(`this clone is not set up, and ${root} cannot be written (${error.message}); run this once where it can be`)
}

function inRoot(path) {
  return join(root, path)
}

/** Tests must not read `.env`: it may name a real database. */
function nodeFlags({ envFile, limitsHeap }) {
  return [...(limitsHeap ? heapFlags() : []), ...(envFile ? envFileFlags(root) : [])]
}
