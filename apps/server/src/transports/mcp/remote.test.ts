import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as SdkV1Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as SdkV1Transport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commonFace, type AnyClient } from '../../../testing/mcp_server.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

// @taskwire/mcp, as npm would install it, in front of a server over HTTP.

const sources = fileURLToPath(new URL('../../../../../packages/mcp', import.meta.url))

let directory: string
let program: string
let server: SignInServer
let url: string
let user: Awaited<ReturnType<SignInServer['newUser']>>
let key: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'taskwire-mcp-'))
  execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: sources, stdio: 'ignore' })
  const [tarball = ''] = await readdir(directory)
  execFileSync('tar', ['xzf', tarball], { cwd: directory })
  program = join(directory, 'package/dist/main.js')
  server = await signInServer()
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  user = await server.newUser()
  key = (await server.newKey(user.session, { name: 'k', configId: 'write' })).key
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  TASKWIRE_URL: url,
  TASKWIRE_API_KEY: key,
  ...more,
})
const command = () => ({ command: process.execPath, args: [program], env: environment(), stderr: 'inherit' as const })

const info = { name: 'test', version: '1' }
const clients: Record<string, () => Promise<AnyClient>> = {
  'protocol 2026-07-28': async () => {
    const client = new Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new StdioClientTransport(command()))
    return client
  },
  'protocol 2025-11-25': async () => {
    const client = new Client(info)
    await client.connect(new StdioClientTransport(command()))
    return client
  },
  'the SDK of 2025': async () => {
    const client = new SdkV1Client(info)
    await client.connect(new SdkV1Transport(command()))
    return commonFace(client)
  },
}

describe.each(Object.entries(clients))('a client of a server elsewhere: %s', (_name, connect) => {
  test('lists and calls tools', async () => {
    const client = await connect()
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('add_task')
    const titles = ['one', 'two', 'drei äöü 😀'].map((title) => `${_name}: ${title}`)
    const added = await Promise.all(titles.map((title) => client.callTool({ name: 'add_task', arguments: { title } })))
    expect(added.map(({ structuredContent }) => structuredContent)).toMatchObject(titles.map((title) => ({ title })))
    const wrong = await client.callTool({ name: 'complete_task', arguments: { task_id: 999_999 } })
    expect(wrong).toMatchObject({ isError: true, structuredContent: { code: 'task_not_found' } })
    const { changes } = await server.caller(user.token).change.list({ since: 0, limit: 200 })
    expect(new Set(changes.map(({ via }) => via))).toEqual(new Set(['mcp']))
    await client.close()
  })
})

/** Runs the program on an input until it exits. */
async function run(more: Record<string, string>, input = '') {
  const child = spawn(process.execPath, [program], { env: environment(more) })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  child.stdin.on('error', () => {}).end(input)
  const [code] = await once(child, 'exit')
  const [stdout, stderr] = await output
  return {
    code,
    answers: stdout
      .split('\n')
      .filter(Boolean)
      .map((line): object => JSON.parse(line)),
    stderr,
  }
}

const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
const list = line({ id: 1, method: 'tools/list' })

test('missing or malformed settings are one line each, without the key', async () => {
  const { code, answers, stderr } = await run({ TASKWIRE_URL: 'tasks', TASKWIRE_API_KEY: '' })
  expect({ code, answers }).toEqual({ code: 1, answers: [] })
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^TASKWIRE_URL must be /),
    expect.stringMatching(/^TASKWIRE_API_KEY must be /),
  ])
})

test('the URL may end in /mcp or a slash', async () => {
  for (const suffix of ['/', '/mcp', '/mcp/']) {
    const { code, answers } = await run({ TASKWIRE_URL: `${url}${suffix}` }, list)
    expect([suffix, code, answers]).toMatchObject([suffix, 0, [{ id: 1, result: { tools: expect.any(Array) } }]])
  }
})

test('a wrong key, a wrong URL and an unreachable server are told in the answer', async () => {
  const messageOf = async (more: Record<string, string>) => {
    const { answers } = await run(more, `${list}${line({ method: 'notifications/initialized' })}`)
    expect(answers).toHaveLength(1)
    return JSON.stringify(answers)
  }
  expect(await messageOf({ TASKWIRE_API_KEY: 'tw_wrong' })).toContain('TASKWIRE_API_KEY is not accepted')
  expect(await messageOf({ TASKWIRE_URL: `${url}/elsewhere` })).toContain('There is no Taskwire at')
  expect(await messageOf({ TASKWIRE_URL: 'http://127.0.0.1:1' })).toContain('cannot be reached')
})

test('lines that are no messages get an error, and the others an answer', async () => {
  const { code, answers } = await run({}, `this is no JSON\n\n${list}`)
  expect(code).toBe(0)
  expect(answers).toHaveLength(2)
  expect(answers).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32_700 }) }),
      expect.objectContaining({ id: 1, result: expect.anything() }),
    ]),
  )
})

test('the package is small, and its entry in the registry of MCP servers fits it', async () => {
  const json = async (file: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(sources, file), 'utf8'))
  const manifest = await json('package.json')
  expect(manifest['dependencies']).toBeUndefined()
  const [tarball = ''] = (await readdir(directory)).filter((name) => name.endsWith('.tgz'))
  expect((await stat(join(directory, tarball))).size).toBeLessThan(20_000)
  const entry = await json('server.json')
  const { name, mcpName, version } = { name: '', mcpName: '', version: '', ...manifest }
  expect(entry).toMatchObject({ name: mcpName, version, packages: [{ identifier: name, version }] })
  // The registry refuses a longer one.
  expect(String(entry['description']).length).toBeLessThanOrEqual(100)
  expect(await json('bundle/manifest.json')).toMatchObject({ version })
})
