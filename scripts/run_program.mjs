import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fail, root } from './progress.mjs'

/** Where Node keeps the code that it has compiled: half of a start is compiling. Where this cannot be written it does not. */
const COMPILED = join(root, 'node_modules/.cache/node')

/**
 * Runs a program of ours with a Node, in place of this process where Node can (from 22.15): then nothing waits beside it,
 * and signals reach it without us. With `front` it is a child process whose input and output the front passes on.
 */
export function runProgram(node, parameters, { cwd, env: given, front }) {
  const env = { NODE_COMPILE_CACHE: COMPILED, ...given }
  if (front === undefined && process.execve !== undefined) {
    process.chdir(cwd)
    // The warning that this is experimental.
    process.removeAllListeners('warning')
    process.execve(node, [node, ...parameters], env)
  }
  const stdio = front === undefined ? 'inherit' : ['pipe', 'pipe', 'inherit']
  const child = spawn(node, parameters, { cwd, stdio, env })
  front?.connect(child)
  // Ctrl-C reaches the child directly as well, but a signal sent only to us or to npm has to be forwarded.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  process.on('SIGHUP', () => child.kill('SIGTERM'))
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`))
  // With a front: once everything that the child has written is passed on.
  child.on(front === undefined ? 'exit' : 'close', (code, signal) =>
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)),
  )
}
