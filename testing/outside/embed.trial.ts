import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../prisma/testing/database.ts'
import { root } from './index.ts'
import { compiled, openSamples, type Sample } from './samples.ts'

// The router in servers of others: each is started on a database of its own, called, and stopped while a client listens.

const NEXT = 'node_modules/next/dist/bin/next'
const samples = await openSamples(['api'])
let sample: Sample
beforeAll(async () => {
  const servers = ['fastify@5', 'express@5', '@types/express@5', 'hono@4', '@hono/node-server@2', 'next@16']
  const others = ['@trpc/server@11', 'react@19', 'react-dom@19', '@types/react@19', '@types/node@24', 'vitest@5']
  // Next.js needs a compiler that is written in JavaScript.
  sample = await samples.sample('embed', [samples.tarball('api'), ...servers, ...others, 'typescript@5.9'])
  mkdirSync(join(sample.directory, 'readme'))
  const [, block = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'packages/api/README.md'), 'utf8')) ?? []
  writeFileSync(join(sample.directory, 'readme/kit.test.ts'), block)
})
afterAll(samples.close)

test('the servers compile, and a test uses createCaller on a real database', async () => {
  expect(await compiled(sample)).toBe('')
  const env = { NODE_ENV: 'test', TEST_DATABASE_URL: '' }
  expect(await sample.run(['node_modules/vitest/vitest.mjs', 'run', 'readme'], env)).toContain('1 passed')
})

const ANN = { authorization: 'Bearer session-of-ann', 'content-type': 'application/json' }

/** Calls a server as its users would. Fails unless every step has the outcome that it has in ours. */
async function use(address: string): Promise<void> {
  const call = async (path: string, init: RequestInit = { headers: ANN }) => {
    const response = await fetch(`${address}/trpc/${path}`, init)
    return { status: response.status, body: await response.json() }
  }
  expect(await call('hello', {})).toMatchObject({ status: 200, body: { result: { data: 'hello' } } })
  const task = { title: 'Buy milk' }
  const created = await call('tasks.task.create', { method: 'POST', headers: ANN, body: JSON.stringify(task) })
  expect(created).toMatchObject({ status: 200, body: { result: { data: { ...task, version: 1 } } } })
  const listed = await call('tasks.task.list?input={}')
  expect(listed).toMatchObject({ status: 200, body: { result: { data: { items: [task] } } } })
  const refused = await call('tasks.task.list?input={}', { headers: { authorization: 'Bearer session-of-bob' } })
  expect(refused).toMatchObject({ status: 401, body: { error: { data: { reason: 'not_authenticated' } } } })
  const missing = await call('tasks.task.get?input={"task_id":2000000000}')
  expect(missing).toMatchObject({ status: 404, body: { error: { data: { reason: 'task_not_found' } } } })
}

/** Listens to the changes until the server ends. */
async function listen(address: string, signal?: AbortSignal): Promise<{ read: () => string; ended: Promise<void> }> {
  const response = await fetch(`${address}/trpc/tasks.change.subscribe?input={"since":0}`, {
    headers: { ...ANN, accept: 'text/event-stream' },
    signal: signal ?? null,
  })
  let text = ''
  const write = (chunk: string) => void (text += chunk)
  const ended = response.body?.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write }))
  const quiet = Promise.resolve(ended).catch(() => {})
  return { read: () => text, ended: quiet }
}

/** The lock files of embedded servers that run. */
function embeddedServers(directory: string): string[] {
  const data = join(directory, '.data')
  const files = existsSync(data) ? readdirSync(data, { recursive: true, encoding: 'utf8' }) : []
  return files.filter((file) => file.endsWith('postmaster.pid'))
}

test('Fastify serves the router on its embedded database, which Ctrl-C stops as well', async () => {
  await using program = sample.startFile(['fastify.ts'], { PORT: '0' })
  const address = await program.address()
  await use(address)
  const stream = await listen(address)
  await expect.poll(stream.read).toContain('created')
  expect(embeddedServers(sample.directory)).toHaveLength(1)
  expect(await program.stop('SIGINT')).toBe(0)
  await stream.ended
  expect(embeddedServers(sample.directory)).toEqual([])
})

test.each(['express', 'hono'])('%s serves the router, and stops while a client listens', async (name) => {
  const database = await testDatabase()
  try {
    await using program = sample.startFile([`${name}.ts`], { PORT: '0', DATABASE_URL: database.url })
    const address = await program.address()
    await use(address)
    const stream = await listen(address)
    await expect.poll(stream.read).toContain('created')
    expect(await program.stop('SIGTERM')).toBe(0)
    await stream.ended
  } finally {
    await database.close()
  }
})

test('Next.js builds the route without a database, and serves the router', async () => {
  const built = await sample.run([NEXT, 'build'])
  expect(built).toContain('/trpc/[trpc]')
  expect(embeddedServers(sample.directory)).toEqual([])
  const database = await testDatabase()
  try {
    const start = [NEXT, 'start', '--hostname', '127.0.0.1', '--port', '0']
    await using program = sample.start(start, { DATABASE_URL: database.url })
    const address = await program.address()
    await use(address)
    const leaving = new AbortController()
    const stream = await listen(address, leaving.signal)
    await expect.poll(stream.read).toContain('created')
    leaving.abort()
    await stream.ended
    expect(await program.stop('SIGTERM')).toBeOneOf([0, 143, 'SIGTERM'])
  } finally {
    await database.close()
  }
})
