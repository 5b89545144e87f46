import { execFileSync } from 'node:child_process'
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
