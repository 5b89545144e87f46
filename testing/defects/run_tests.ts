import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** How a run of tests ended: `noticed` names the first test that failed. */
export type Result = { readonly noticed: string | undefined; readonly seconds: number }

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** A defect may make a test wait for ever in a way that no time limit of the test ends. */
const HANGS_MS = 1_800_000

/** Runs test files in a copy of the sources until the first test fails. */
export async function runTests(
  copy: string,
  tests: readonly string[],
  databaseUrl: string,
  hangsMs = HANGS_MS,
): Promise<Result> {
  const output = join(copy, 'node_modules/.cache/report.json')
  await rm(output, { force: true })
  const started = performance.now()
  const flags = ['--bail', '1', '--passWithNoTests', '--reporter', 'json', '--outputFile', output]
  const child = spawn(process.execPath, [join(copy, 'node_modules/vitest/vitest.mjs'), 'run', ...tests, ...flags], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'ignore'],
    // A group of its own, so that what its tests have started ends with it.
    detached: true,
    env: { ...process.env, TEST_DATABASE_URL: databaseUrl },
  })
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of its processes have ended.
    }
  }
  process.once('exit', endGroup)
  let hangs = false
  const limit = setTimeout(() => {
    hangs = true
    endGroup()
  }, hangsMs)
  const [code]: (number | null)[] = await once(child, 'exit')
  clearTimeout(limit)
  endGroup()
  process.removeListener('exit', endGroup)
  const seconds = Math.round((performance.now() - started) / 1000)
  if (code === 0) return { noticed: undefined, seconds }
  return { noticed: hangs ? 'the tests did not end' : await firstFailure(copy, output), seconds }
}

async function firstFailure(copy: string, output: string): Promise<string> {
  const text = await readFile(output, 'utf8').catch(() => '{"testResults":[]}')
  const { testResults } = JSON.parse(text) as Report
  for (const { name, message, assertionResults } of testResults) {
    const file = name.replace(`${copy}/`, '')
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return `${file}: ${failed.fullName}`
    if (message !== '') return `${file}: ${message.split('\n', 1)[0]}`
  }
  return 'vitest ended with an error'
}
