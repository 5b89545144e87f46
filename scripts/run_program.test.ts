import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const starter = pathToFileURL(join(import.meta.dirname, 'run_program.mjs')).href

/** What a program says that is started with this environment. */
function started(program: string, env: Record<string, string>): string {
  const options = JSON.stringify({ cwd: root, env })
  const start = `import { runProgram } from '${starter}'
    runProgram(process.execPath, ['--eval', ${JSON.stringify(program)}], ${options})`
  return execFileSync(process.execPath, ['--input-type=module', '--eval', start], { encoding: 'utf8' }).trim()
}

const DIRECTORY = `console.log(require('node:module').getCompileCacheDir() ?? 'none')`

test('a program keeps what it compiles in the folder of the packages, or where its caller says', async () => {
  expect(started(DIRECTORY, {})).toContain(join(root, 'node_modules/.cache/node'))
  const folder = await mkdtemp(join(tmpdir(), 'taskwire-compiled-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  expect(started(DIRECTORY, { NODE_COMPILE_CACHE: folder })).toContain(folder)
})

test('a program runs also where that folder cannot be written', () => {
  expect(started(DIRECTORY, { NODE_COMPILE_CACHE: '/dev/null/none' })).toBe('none')
})

test('the output and the exit code of a program are those of its starter', () => {
  expect(() => started('process.exitCode = 3', {})).toThrow(expect.objectContaining({ status: 3 }))
})

/** Starts a program below its starter, as where Node cannot replace a process. Resolves once the program has said `ready`. */
async function startedBelow(program: string) {
  const ready = `${program}; console.log('ready'); setInterval(() => {}, 1000)`
  const start = `process.execve = undefined
    const { runProgram } = await import('${starter}')
    runProgram(process.execPath, ['--eval', ${JSON.stringify(ready)}], { cwd: ${JSON.stringify(root)}, env: {} })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', start], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return { child, ended }
}

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  // The program would take it as the end of a terminal of its own.
  ['SIGHUP', 'SIGTERM'],
] as const)(
  '%s to a starter that waits reaches the program as %s, which decides how to end',
  async (sent, received) => {
    const { child, ended } = await startedBelow(`process.on('${received}', () => process.exit(5))`)
    child.kill(sent)
    expect(await ended).toEqual([5, null])
  },
)

test('a program that a signal ends has the exit code of shells for it', async () => {
  const { ended } = await startedBelow("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1)")
  expect(await ended).toEqual([137, null])
})

test('a Node that cannot be run is said in one line', () => {
  const start = `process.execve = undefined
    const { runProgram } = await import('${starter}')
    runProgram('/nowhere/node', [], { cwd: '/', env: {} })`
  const run = () => execFileSync(process.execPath, ['--input-type=module', '--eval', start], { stdio: 'pipe' })
  expect(run).toThrow('taskwire: cannot run /nowhere/node: spawn /nowhere/node ENOENT')
})
