#!/usr/bin/env node
// The command of the package `taskwire`: runs a bundled program of it in the caller's folder. The package has the layout
// of the repository, so that the scripts beside this one are the repository's.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { bundleOf, helpText, operators, version } from '../commands.mjs'
import { envFileFlags } from '../env_file.mjs'
import { heapFlags } from '../heap.mjs'
import { NODE_VERSION, nodePackage } from '../node_packages.mjs'
import { fail, root } from '../progress.mjs'
import { runProgram } from '../run_program.mjs'
import { isRunByNpx } from './npx.mjs'

const [name = 'start', ...args] = process.argv.slice(2)
const target = Object.hasOwn(operators, name) ? operators[name] : undefined
if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(helpText())
else if (name === '--version' || name === '-v') process.stdout.write(`${version()}\n`)
else if (target === undefined) fail(`unknown command "${name}": taskwire --help lists the commands`)
else await run(target)

async function run({ limitsHeap }) {
  const folder = process.cwd()
  loadEnvFile(folder)
  // The data lie in the caller's folder, not in that of the package, which an update replaces.
  process.env.TASKWIRE_DATA_DIR = resolve(folder, process.env.TASKWIRE_DATA_DIR?.trim() || '.data')
  const program = join(root, 'dist', bundleOf(name))
  const env = { ...process.env, INIT_CWD: folder }
  const flags = limitsHeap ? heapFlags() : []
  if (isRunByNpx(process.env)) {
    const watch = new URL('stop_with_parent.mjs', import.meta.url).href
    flags.push('--import', watch)
    // A Node that cannot be replaced waits beside the program, as its parent, and passes the signal on.
    await import(watch)
  }
  runProgram(newNode(), [...flags, program, ...args], { cwd: folder, env })
}

/** Adds the variables of the folder's `.env` to the environment. */
function loadEnvFile(folder) {
  const flags = envFileFlags(folder)
  if (flags.length === 0) return
  if (process.loadEnvFile !== undefined) process.loadEnvFile(join(folder, '.env'))
  // Before 20.12 Node cannot read such a file, and the one that runs the program can.
  else Object.assign(process.env, JSON.parse(execFileSync(newNode(), [...flags, '-p', 'JSON.stringify(process.env)'])))
}

/** This Node if it is new enough, else the one that was installed with the package. */
function newNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 24) return process.execPath
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${nodePackage}/package.json`)), 'bin/node')
  } catch {
    const why = `Node ${process.version} is too old, and there is no package with Node ${NODE_VERSION} for this platform`
    return fail(`${why}: install Node 24 (https://nodejs.org) and run this again`)
  }
}
