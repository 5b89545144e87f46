import { newUser, signedToken } from '@taskwire/api/testing'
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../testing/server.ts'

const run = promisify(execFile)
const here = join(import.meta.dirname, '..')
const root = join(here, '../..')
const outside = mkdtempSync(join(tmpdir(), 'taskwire-outside-'))
const published = join(outside, 'node_modules/@taskwire/client')

/** The package as `pnpm pack` makes it, alone in a folder with its dependencies. */
beforeAll(async () => {
  await run(process.execPath, ['build.ts'], { cwd: here })
  const pnpm = { PATH: [process.env.PATH, join(root, '.tools/node_modules/.bin')].join(delimiter) }
  // The installed pnpm, without access to the registry.
  const settings = { pnpm_config_verify_deps_before_run: 'false', pnpm_config_pm_on_fail: 'ignore' }
  await run('pnpm', ['pack', '--pack-destination', outside], {
    cwd: here,
    env: { ...process.env, ...pnpm, ...settings },
  })
  const [tarball = ''] = readdirSync(outside).filter((name) => name.endsWith('.tgz'))
  mkdirSync(published, { recursive: true })
  await run('tar', ['xf', join(outside, tarball), '-C', published, '--strip-components=1'])
  mkdirSync(join(outside, 'node_modules/@trpc'))
  for (const name of ['@trpc/client', '@trpc/server', 'eventsource-parser']) {
    symlinkSync(realpathSync(join(here, 'node_modules', name)), join(outside, 'node_modules', name))
  }
  cpSync(join(here, 'outside'), outside, { recursive: true })
  cpSync(join(root, 'docs/sample.ts'), join(outside, 'sample.ts'))
})
afterAll(() => rmSync(outside, { recursive: true, force: true }))

const text = (name: string) => readFileSync(join(published, name), 'utf8')

test('the package declares its dependencies and contains only its own files', () => {
  const { version } = JSON.parse(text('package.json'))
  const trpc = JSON.parse(readFileSync(join(here, 'node_modules/@trpc/client/package.json'), 'utf8')).version
  expect(JSON.parse(text('package.json'))).toMatchObject({
    name: '@taskwire/client',
    version,
    license: 'MIT',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    dependencies: { '@trpc/client': trpc, '@trpc/server': trpc, 'eventsource-parser': expect.any(String) },
  })
  expect(readdirSync(published).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
})

test('the package imports only itself, tRPC and the event parser, in code and in types', () => {
  const imported = new Set<string>()
  for (const name of readdirSync(join(published, 'dist'))) {
    for (const [, source = ''] of text(`dist/${name}`).matchAll(/(?:\bfrom |\bimport ?\(?)['"]([^'"]+)['"]/g)) {
      if (!source.startsWith('./')) imported.add(source)
      else
        expect(existsSync(join(published, 'dist', source)), `${source} of ${name}`).toBe(
          !source.endsWith('contract.js'),
        )
    }
  }
  expect([...imported].toSorted()).toEqual([
    '@trpc/client',
    '@trpc/server',
    '@trpc/server/observable',
    '@trpc/server/rpc',
    'eventsource-parser',
  ])
})

test('the package uses nothing specific to Node', () => {
  for (const name of readdirSync(join(published, 'dist')).filter((file) => file.endsWith('.js'))) {
    expect(text(`dist/${name}`), name).not.toMatch(/\b(process|Buffer|require|global|setImmediate|__dirname)\b[.(]/)
  }
})

test('outside the workspace the sample and the type tests compile, strictly and without any', async () => {
  // A compiler that finds errors exits with 2 and prints them on stdout.
  const compiler = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: outside })
  expect((await compiler.catch((error: { stdout: string }) => error)).stdout).toBe('')
})

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('the sample runs on the published code', async () => {
  const user = newUser()
  const script = `
    import { mirror, rename, shopping } from './sample.ts'
    const connection = { url: process.env.URL, token: process.env.TOKEN }
    const left = await shopping(connection, ['milk', 'bread', 'apples'])
    const copy = new Map()
    const leaving = new AbortController()
    const mirroring = mirror(connection, copy, leaving.signal)
    while (copy.size < 3) await new Promise((resolve) => setTimeout(resolve, 10))
    const task = [...copy.values()].find(({ title }) => title === 'bread')
    const renamed = await rename(connection, task, 'rye bread')
    const stale = await rename(connection, task, 'white bread')
    while (copy.get(task.id).title !== 'rye bread') await new Promise((resolve) => setTimeout(resolve, 10))
    leaving.abort()
    await mirroring
    console.log(JSON.stringify({ left, renamed: renamed.title, stale: stale.title }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: outside,
    env: { ...process.env, URL: server.url, TOKEN: await signedToken({ sub: user }) },
  })
  expect(JSON.parse(stdout)).toEqual({ left: ['apples', 'bread'], renamed: 'rye bread', stale: 'rye bread' })
})
