import { newUser, signedToken } from '@taskwire/api/testing'
import { output, packed, root, temporaryFolder, unpacked } from '@taskwire/outside'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../testing/server.ts'

const run = promisify(execFile)
const here = join(import.meta.dirname, '..')
const { path: outside, remove } = await temporaryFolder()
const published = join(outside, 'node_modules/@taskwire/client')

/** The package as `npm pack` makes it, alone in a folder with its dependencies. */
beforeAll(async () => {
  await unpacked(await packed('client', outside), '@taskwire/client', outside)
  mkdirSync(join(outside, 'node_modules/@trpc'))
  for (const name of ['@trpc/client', '@trpc/server', 'eventsource-parser']) {
    symlinkSync(realpathSync(join(here, 'node_modules', name)), join(outside, 'node_modules', name))
  }
  for (const name of ['tsconfig.json', 'types.ts']) cpSync(join(here, 'outside', name), join(outside, name))
  cpSync(join(root, 'docs/sample.ts'), join(outside, 'sample.ts'))
})
afterAll(remove)

const text = (name: string) => readFileSync(join(published, name), 'utf8')

test('the package declares its dependencies and contains only its own files', () => {
  const { version } = JSON.parse(text('package.json'))
  expect(JSON.parse(text('package.json'))).toMatchObject({
    name: '@taskwire/client',
    version,
    license: 'MIT',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    dependencies: { 'eventsource-parser': expect.stringMatching(/^\d/) },
    peerDependencies: { '@trpc/client': '^11.0.0', '@trpc/server': '^11.0.0' },
  })
  expect(readdirSync(published).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src'])
  expect(readdirSync(join(published, 'src')).filter((name) => /test|^contract\.ts$/.test(name))).toEqual([])
})

test('the package imports only itself, tRPC and the event parser, in code and in types', () => {
  const imported = new Set<string>()
  for (const name of readdirSync(join(published, 'dist'))) {
    if (name.endsWith('.map')) continue
    for (const [, source = ''] of text(`dist/${name}`).matchAll(/(?:\bfrom |\bimport(?: |\())['"]([^'"]+)['"]/g)) {
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
    '@trpc/server/unstable-core-do-not-import',
    'eventsource-parser',
  ])
})

test('the package uses nothing specific to Node', () => {
  for (const name of readdirSync(join(published, 'dist')).filter((file) => file.endsWith('.js'))) {
    expect(text(`dist/${name}`), name).not.toMatch(/\b(process|Buffer|require|global|setImmediate|__dirname)\b[.(]/)
  }
})

test('outside the workspace the sample and the type tests compile, strictly and without any', async () => {
  expect(await output(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: outside })).toBe('')
})

test('every source that a declaration map names is in the package', () => {
  for (const name of readdirSync(join(published, 'dist')).filter((file) => file.endsWith('.map'))) {
    const { sources } = JSON.parse(text(`dist/${name}`))
    expect(sources.map((source: string) => existsSync(join(published, 'dist', source)))).toEqual([true])
  }
})

test('the declarations describe every procedure, every described field and every error', () => {
  const declarations = text('dist/contract.d.ts')
  expect(declarations).toMatch(
    /\* Create a task\n[^/]*@throws TaskwireError `idempotency_key_reused`[^/]*\*\/\s+create: \{/,
  )
  expect(declarations).toMatch(/\/\*\* 1 to 200 characters after trimming \*\/\s+title: string;/)
  expect(declarations).toMatch(/\/\*\* 404: Task not found \*\/\s+task_not_found:/)
  const undescribed = declarations.match(/[^/]\n        \w+: \{\n            type: /g)
  expect(undescribed).toBeNull()
})

test('the code is 13 KB gzip at most', () => {
  const code = readdirSync(join(published, 'dist')).filter((name) => name.endsWith('.js'))
  expect(gzipSync(code.map((name) => text(`dist/${name}`)).join('')).length).toBeLessThan(13_000)
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

test('where fetch cannot stream, as in React Native, changes() polls and streams fail with a reason', async () => {
  const user = newUser()
  const script = `
    // What React Native lacks.
    delete Response.prototype.body
    delete AbortSignal.any
    delete AbortSignal.prototype.throwIfAborted
    delete globalThis.crypto
    delete globalThis.TextDecoder
    delete globalThis.ReadableStream
    const { request } = await import('node:http')
    globalThis.fetch = (url, { method = 'GET', headers = {}, body, signal }) => new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, signal }, async (response) => {
        let text = ''
        for await (const piece of response.setEncoding('utf8')) text += piece
        resolve({
          ok: response.statusCode < 400,
          status: response.statusCode,
          headers: { get: (name) => response.headers[name] ?? null },
          text: async () => text,
        })
      })
      sent.on('error', reject).end(body)
    })
    const { createTaskwireClient } = await import('@taskwire/client')
    const taskwire = createTaskwireClient({ url: process.env.URL, token: process.env.TOKEN, pollMs: 20 })
    const reason = (error) => error.reason
    const refused = await Promise.all([
      taskwire.chat.stream.mutate({ message: 'hello' }).catch(reason),
      new Promise((resolve) => taskwire.change.subscribe.subscribe({}, { onError: (error) => resolve(reason(error)) })),
    ])
    const seen = []
    const connections = []
    let made = false
    const following = taskwire.changes({ since: 0, onConnection: (connected) => connections.push(connected) })
    await taskwire.task.create.mutate({ title: 'before' })
    for await (const change of following) {
      seen.push(change.after.title)
      if (seen.length === 3) break
      if (!made) for (const title of ['one', 'two']) await taskwire.task.create.mutate({ title })
      made = true
    }
    console.log(JSON.stringify({ refused, seen, connections }))`
  const env = { URL: server.url, TOKEN: await signedToken({ sub: user }) }
  const told = await output(process.execPath, ['--input-type=module', '-e', script], { cwd: outside, env })
  expect(JSON.parse(told)).toEqual({
    refused: ['streaming_unsupported', 'streaming_unsupported'],
    seen: ['before', 'one', 'two'],
    connections: [true],
  })
})
