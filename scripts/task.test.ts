import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { runTask } from './task.mjs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

test('a task that is done leaves no listener of signals', async () => {
  const listeners = () => signals.map((signal) => process.listenerCount(signal))
  const before = listeners()
  const running = runTask('doing nothing', ['--eval', ''], { node: process.execPath })
  expect(listeners()).toEqual(before.map((count) => count + 1))
  await running
  expect(listeners()).toEqual(before)
})

/** How a clone ends whose task runs this program. */
function ran(program: string, env: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-task-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  mkdirSync(join(root, '.tools'))
  const starter = `import { runTask } from '${pathToFileURL(join(root, 'scripts/task.mjs')).href}'
    await runTask('doing it', ['--eval', ${JSON.stringify(program)}], { node: process.execPath, env: { GIVEN: 'yes' } })
    process.stdout.write('done')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', starter], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: root, ...env },
  })
  return { root, status, stdout, stderr }
}

test('a task that succeeds says so, and nothing of its output is shown', () => {
  const { status, stdout, stderr } = ran("console.log('chatter'); console.error('warning')")
  expect([status, stdout]).toEqual([0, 'done'])
  expect(stderr).toMatch(/^taskwire: doing it \.\.\.\ntaskwire: done in \d+\.\d s\n$/)
})

test('a task that fails ends the process with 1, shows its last lines and keeps all of them', () => {
  const { root, status, stdout, stderr } = ran(
    "for (let n = 1; n <= 30; n++) console.log('line ' + n); console.error('last'); process.exitCode = 7",
  )
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain('doing it failed: see the lines above')
  expect(stderr).toContain('line 30\n')
  expect(stderr).not.toContain('line 5\n')
  const kept = readFileSync(join(root, '.tools/bootstrap.log'), 'utf8')
  expect(kept).toContain('line 1\n')
  expect(kept).toContain('last\n')
})

test.each([
  ['ENOSPC: no space left', 'the disk is full'],
  ['getaddrinfo EAI_AGAIN registry', 'the package registry cannot be reached'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'set NODE_EXTRA_CA_CERTS'],
  ['EROFS: read-only', 'must be writable'],
  ['ERR_PNPM_OUTDATED_LOCKFILE', 'pnpm-lock.yaml does not match'],
])('a task that fails with %s says what to do, in one line', (output, advice) => {
  const { stderr } = ran(`console.error(${JSON.stringify(output)}); process.exit(1)`)
  expect(stderr).toContain(`doing it failed: `)
  expect(stderr).toContain(advice)
  expect(stderr.trim().split('\n')).toHaveLength(2)
})

test('a task sees the environment but for what would change an installation', () => {
  const names = [
    'NODE_ENV',
    'NODE_OPTIONS',
    'npm_config_prefix',
    'npm_config_omit',
    'OWN',
    'GIVEN',
    'npm_config_loglevel',
  ]
  const program = `for (const name of ${JSON.stringify(names)}) console.log(name, process.env[name]); process.exit(1)`
  const { stderr } = ran(program, {
    NODE_ENV: 'production',
    NODE_OPTIONS: '--no-warnings',
    npm_config_prefix: '/x',
    npm_config_omit: 'dev',
    OWN: 'kept',
  })
  const shown = stderr.split('\n').filter((line) => names.some((name) => line.startsWith(`${name} `)))
  expect(shown).toEqual([
    'NODE_ENV undefined',
    'NODE_OPTIONS undefined',
    'npm_config_prefix undefined',
    'npm_config_omit undefined',
    'OWN kept',
    'GIVEN yes',
    'npm_config_loglevel error',
  ])
})
