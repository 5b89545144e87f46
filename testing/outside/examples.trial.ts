import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { signInServer, type SignInServer } from '../../apps/server/testing/sign_in_server.ts'
import { bun, installed, output, packed, root, temporaryFolder, type PackageManager } from './index.ts'

// Every sample of `examples` as its README says: copied out of the workspace, installed by each package manager, compiled
// and run. The programs of Bun's project are run by Bun, and the others by Node.

declare module 'vitest' {
  interface ProvidedContext {
    packageManager: PackageManager
  }
}

const manager = inject('packageManager')
const { path: folder, remove } = await temporaryFolder()
const started: ChildProcess[] = []
let server: SignInServer
let url: string
let client: string
let react: string
let api: string
let runtime = process.execPath
let env: Record<string, string>
beforeAll(async () => {
  server = await signInServer({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { session } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'examples', configId: 'write' })
  env = { TASKWIRE_URL: url, TASKWIRE_API_KEY: key }
  client = await packed('client', folder)
  react = await packed('react', folder)
  api = await packed('api', folder)
  if (manager === 'bun') runtime = await bun()
})
afterAll(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL')
  await server.close()
  await remove()
})

/** A sample outside the workspace, with its packages and these tarballs. */
async function project(name: string, tarballs: readonly string[] = []): Promise<string> {
  const directory = join(folder, name)
  cpSync(join(root, 'examples', name), directory, { recursive: true })
  await installed(directory, tarballs, manager)
  return directory
}

function node(directory: string, args: readonly string[]): Promise<string> {
  return output(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: directory, env })
}

const STRICT = ['--strict', '--noEmit', '--module', 'nodenext', '--allowImportingTsExtensions', '--types', 'node']

async function compiled(directory: string, ...files: string[]): Promise<string> {
  return node(directory, [
    'node_modules/typescript/bin/tsc',
    ...STRICT,
    '--target',
    'es2024',
    '--skipLibCheck',
    ...files,
  ])
}

/** The size of the files with this extension in a folder, and their text. */
function textOf(directory: string): string {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(js|html)$/.test(file),
  )
  return files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n')
}

test('the Python script adds each line once, and follows the changes from where it was stopped', async () => {
  const directory = join(folder, 'python')
  cpSync(join(root, 'examples/python'), directory, { recursive: true })
  const python = (...args: string[]) => output('python3', ['tasks.py', ...args], { cwd: directory, env })
  writeFileSync(join(directory, 'tasks.txt'), 'Buy milk\n\nPay rent\n')
  const first = await python('add', 'tasks.txt')
  expect(first).toMatch(/^\d+ Buy milk\n\d+ Pay rent\n$/)
  expect(await python('add', 'tasks.txt')).toBe(first)

  writeFileSync(join(directory, 'seq.txt'), '0')
  const child = spawn('python3', ['tasks.py', 'follow', 'seq.txt'], { cwd: directory, env: { ...process.env, ...env } })
  started.push(child)
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  await expect.poll(() => lines, { timeout: 60_000 }).toEqual(['1 created Buy milk', '2 created Pay rent'])
  await expect.poll(() => readFileSync(join(directory, 'seq.txt'), 'utf8'), { timeout: 60_000 }).toBe('2')
  child.kill('SIGKILL')
})

test('the agent uses the tools until it has an answer', async () => {
  const directory = await project('agent')
  expect(await compiled(directory, 'agent.ts')).toBe('')
  const told = await output(runtime, ['agent.ts', 'Call', 'the', 'dentist'], { cwd: directory, env })
  expect(told).toContain('Your list: ')
  expect(told).toContain('Call the dentist')
})

test('the receiver accepts signed events, each once, and nothing else', async () => {
  const directory = await project('webhook-receiver')
  expect(await compiled(directory, 'receiver.ts')).toBe('')
  const { Webhook } = await import(join(directory, 'node_modules/standardwebhooks/dist/index.js'))
  const secret = `whsec_${Buffer.from('a secret of the trial of examples').toString('base64')}`
  const child = spawn(runtime, ['receiver.ts'], {
    cwd: directory,
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  const [address] = (await once(reader, 'line')) as [string]
  reader.on('line', (line) => lines.push(line))

  const body = JSON.stringify({
    type: 'task.created',
    timestamp: new Date(),
    data: { seq: 1, after: { title: 'Milk' } },
  })
  const now = new Date()
  const send = async (signature: string) => {
    const headers = {
      'webhook-id': 'ann:1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    }
    return (await fetch(address, { method: 'POST', body, headers })).status
  }
  const signature: string = new Webhook(secret).sign('ann:1', now, body)
  expect([await send(signature), await send(signature), await send('v1,AAAA')]).toEqual([204, 204, 401])
  await expect.poll(() => lines, { timeout: 60_000 }).toEqual(['task.created 1 Milk'])
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})

test('the page of Vite and React compiles and is built', async () => {
  const directory = await project('vite-react', [client, react])
  expect(await node(directory, ['node_modules/typescript/bin/tsc'])).toBe('')
  expect(await node(directory, ['node_modules/vite/bin/vite.js', 'build'])).toContain('built in')
  expect(textOf(join(directory, 'dist'))).toContain('New task')
})

test('both pages of Next.js compile and are built', async () => {
  const directory = await project('nextjs', [client])
  const told = await output(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    cwd: directory,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
  })
  expect(told).toContain('/typed')
  expect(told).not.toContain('exit 1')
})

test('the router is served by Fastify with its own authentication, and a test uses createCaller on a real database', async () => {
  const directory = join(folder, 'embed')
  cpSync(join(root, 'examples/embed'), directory, { recursive: true })
  await installed(
    directory,
    [api, '@trpc/server@11', 'fastify@5', 'vitest@5', 'typescript@7.0', '@types/node@24'],
    manager,
  )
  mkdirSync(join(directory, 'readme'))
  const [, block = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'packages/api/README.md'), 'utf8')) ?? []
  writeFileSync(join(directory, 'readme/kit.test.ts'), block)
  expect(await compiled(directory, 'fastify.ts', 'readme/kit.test.ts')).toBe('')
  const told = await output(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'readme'], {
    cwd: directory,
    env: { TEST_DATABASE_URL: '' },
  })
  expect(told).toContain('1 passed')

  const child = spawn(process.execPath, ['fastify.ts'], {
    cwd: directory,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string]
  const headers = { authorization: 'Bearer session-of-ann' }
  const listed = await fetch(`${address}/trpc/tasks.task.list?input=${encodeURIComponent('{}')}`, { headers })
  expect(await listed.json()).toMatchObject({ result: { data: { items: [] } } })
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
