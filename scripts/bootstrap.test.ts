import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

// A clone whose pnpm only notes what it was asked for, and makes the files by which its work is seen.

const PNPM = `
  import fs from 'node:fs'
  const [command, ...args] = process.argv.slice(2)
  const folder = args[args.indexOf('--dir') + 1]
  const isInstall = command === 'install'
  const extent = args.includes('--prod=false') ? ' all' : ''
  fs.appendFileSync('calls', isInstall ? 'install' + extent + ' ' : 'build:' + folder.split('/').at(-1) + ' ')
  if (fs.existsSync('broken')) process.exit(1)
  const made = isInstall ? 'node_modules' : folder + '/dist'
  fs.mkdirSync(made, { recursive: true })
  fs.writeFileSync(made + '/.modules.yaml', '')`
const GENERATE = `
  import fs from 'node:fs'
  fs.appendFileSync('calls', 'generate ')
  fs.mkdirSync('prisma/generated', { recursive: true })
  fs.writeFileSync('prisma/generated/client.ts', '')`
const FILES: Readonly<Record<string, string>> = {
  'scripts/generate.mjs': GENERATE,
  'package.json': '{ "packageManager": "pnpm@1.0.0" }',
  'prisma/package.json': '{ "name": "db" }',
  'prisma/schema.prisma': 'model Task {}',
  'packages/api/package.json': '{ "name": "api", "scripts": { "build": "x" } }',
  'apps/web/package.json': '{ "name": "web", "scripts": { "build": "x" }, "dependencies": { "api": "workspace:*" } }',
  'apps/web/main.ts': '1',
  '.tools/node_modules/pnpm/package.json': '{ "version": "1.0.0" }',
  '.tools/node_modules/pnpm/bin/pnpm.mjs': PNPM,
}

const SERVES = '{ builds: ["web"] }'
const DEVELOPS = '{ develops: true, builds: true }'

/** Prepares a new clone for commands, with changes of its files between them. Returns what was done for each command. */
function clone() {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-bootstrap-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return (...steps: string[]) => {
    rmSync(join(root, 'calls'), { force: true })
    const lines = steps.map((step) =>
      step.startsWith('{') ? `await bootstrap(${step}); appendFileSync('calls', '\\n')` : step,
    )
    const program = `import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
      const { bootstrap } = await import('${pathToFileURL(join(root, 'scripts/bootstrap.mjs')).href}')
      ${lines.join('\n')}`
    const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: root, NODE_EXTRA_CA_CERTS: '/dev/null' },
    })
    const done = readFileSync(join(root, 'calls'), 'utf8').replace(/\n$/, '').split('\n')
    return { status, done: done.map((line) => line.trim()) }
  }
}

test('a clone is prepared for what a command needs, once', () => {
  const all = ['install generate build:web', '', 'install all build:api', '', '']
  expect(clone()(SERVES, SERVES, DEVELOPS, SERVES, DEVELOPS)).toEqual({ status: 0, done: all })
})

const changes: [change: string, again: string][] = [
  ["writeFileSync('prisma/schema.prisma', 'model Note {}')", 'generate'],
  ["writeFileSync('apps/web/main.ts', '2')", 'build:web'],
  ["writeFileSync('packages/api/used.ts', '1')", 'build:web'],
  ["writeFileSync('apps/web/main.test.ts', '1')", ''],
  ["writeFileSync('pnpm-lock.yaml', 'new')", 'install generate build:web'],
  ["rmSync('apps/web/dist', { recursive: true })", 'build:web'],
  ["rmSync('node_modules', { recursive: true })", 'install'],
  ["rmSync('prisma/generated', { recursive: true })", 'generate'],
  ["rmSync('.tools/fingerprints', { recursive: true })", 'install generate build:web'],
]

test('after a change only what follows from it is done again', () => {
  const steps = changes.flatMap(([change]) => [change, SERVES])
  const { done } = clone()(SERVES, ...steps)
  expect(done.slice(1).map((again, at) => [changes[at]?.[0], again])).toEqual(changes)
})

test('an installation that failed begins anew, also for what was installed before it', () => {
  const prepare = clone()
  prepare(SERVES)
  const failed = prepare("writeFileSync('broken', ''); writeFileSync('pnpm-lock.yaml', 'new')", SERVES)
  expect(failed).toEqual({ status: 1, done: ['install'] })
  const repaired = prepare("rmSync('broken'); rmSync('pnpm-lock.yaml')", SERVES)
  expect(repaired).toEqual({ status: 0, done: ['install'] })
})

test('a build that failed is not taken for done', () => {
  const prepare = clone()
  prepare(SERVES)
  expect(prepare("writeFileSync('broken', ''); writeFileSync('apps/web/main.ts', '2')", SERVES).status).toBe(1)
  expect(prepare("rmSync('broken')", SERVES)).toEqual({ status: 0, done: ['build:web'] })
})
