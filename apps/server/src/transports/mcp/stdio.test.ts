import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as SdkV1Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as SdkV1Transport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test, onTestFinished } from 'vitest'
import { signInServer, TEST_SECRET, type SignInServer } from '../../../testing/sign_in_server.ts'
import { commonFace, type AnyClient } from '../../../testing/mcp_server.ts'

// Each test starts its own processes, as an agent's host does.
const program = fileURLToPath(new URL('stdio.ts', import.meta.url))
const front = fileURLToPath(new URL('../../../../../scripts/run.mjs', import.meta.url))

let server: SignInServer
let user: Awaited<ReturnType<SignInServer['newUser']>>
const keys: Record<'read' | 'write', string> = { read: '', write: '' }
beforeAll(async () => {
  server = await signInServer()
  user = await server.newUser()
  for (const configId of ['read', 'write'] as const) {
    keys[configId] = (await server.newKey(user.session, { name: configId, configId })).key
  }
})
afterAll(() => server.close())

function environment(key: string | undefined): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    DATABASE_URL: server.database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    ...(key === undefined ? {} : { TASKWIRE_API_KEY: key }),
  }
}

function command(key: string) {
  return { command: process.execPath, args: [program], env: environment(key), stderr: 'inherit' as const }
}

const info = { name: 'test', version: '1' }
/** A busy machine may need more than the minute of the SDKs to start a process. */
const starting = { timeout: 170_000 }
const clients: Record<string, (key: string) => Promise<AnyClient>> = {
  'protocol 2026-07-28': async (key) => {
    const client = new Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new StdioClientTransport(command(key)), starting)
    return client
  },
  'protocol 2025-11-25': async (key) => {
    const client = new Client(info)
    await client.connect(new StdioClientTransport(command(key)), starting)
    return client
  },
  'the SDK of 2025': async (key) => {
    const client = new SdkV1Client(info)
    await client.connect(new SdkV1Transport(command(key)), starting)
    return commonFace(client)
  },
}

describe.each(Object.entries(clients))('a client over stdio: %s', (_name, connect) => {
  test('lists and calls every tool', async () => {
    const client = await connect(keys.write)
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('add_task')
    const call = async (name: string, args: Record<string, unknown> = {}) => {
      const { isError, structuredContent } = await client.callTool({ name, arguments: args })
      expect(isError ?? false).toBe(false)
      return structuredContent
    }
    expect(await call('add_task', { title: 'over stdio' })).toMatchObject({ status: 'created' })
    const [task] = (await server.caller(user.token).task.list({ limit: 1 })).items
    const task_id = task?.id ?? 0
    expect(await call('list_tasks', { limit: 1 })).toMatchObject({ tasks: [{ id: task_id, title: 'over stdio' }] })
    for (const name of ['complete_task', 'reopen_task', 'delete_task']) {
      expect(await call(name, { task_id })).toMatchObject({ task_id, title: 'over stdio' })
    }
    expect(await call('undo')).toMatchObject({ task_id, status: 'undone', title: 'over stdio' })
    expect(await call('update_task', { task_id, title: 'done' })).toMatchObject({ status: 'updated' })
    const unknown = await client.callTool({ name: 'add_task', arguments: { titel: 'x' } })
    expect(unknown).toMatchObject({ isError: true, structuredContent: { code: 'validation_failed' } })
    await client.close()
  })
})

test.each([
  ['2026-07-28', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
  ['2025-11-25', {}],
] as const)('protocol %s gets updates of resources, and asks before deleting several', async (_, era) => {
  const { task } = server.caller(user.token)
  const ids = [(await task.create({ title: 'Milk' })).id, (await task.create({ title: 'Bread' })).id]
  const [uri, other] = ids.map((id) => `taskwire://tasks/${id}`)
  const client = new Client(info, { ...era, capabilities: { elicitation: { form: {} } } })
  const [updated, questions]: [string[], string[]] = [[], []]
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri))
  client.setRequestHandler('elicitation/create', ({ params }) => {
    questions.push(params.message)
    return { action: 'accept', content: { delete: true } }
  })
  onTestFinished(() => client.close())
  await client.connect(new StdioClientTransport(command(keys.write)), starting)
  if (uri === undefined || other === undefined) throw new Error('no tasks')
  if ('versionNegotiation' in era) await client.listen({ resourceSubscriptions: [uri] }, starting)
  else await client.subscribeResource({ uri }, starting)
  // The subscription starts to follow the log on its own, so the first change may come before it.
  await expect
    .poll(async () => {
      await task.update({ task_id: ids[1] ?? 0, title: 'Rye bread' })
      await task.update({ task_id: ids[0] ?? 0, title: 'Oat milk' })
      return updated
    })
    .toContain(uri)
  expect(updated).not.toContain(other)
  await client.callTool({ name: 'change_tasks', arguments: { task_ids: ids, do: 'delete' } })
  expect(questions).toEqual(['Delete 2 tasks: “Oat milk”, “Rye bread”?'])
  expect((await task.list({})).items.map(({ id }) => id)).not.toContain(ids[0])
})

test('a client sees only the reading tools with a read-only key', async () => {
  const client = new Client(info)
  await client.connect(new StdioClientTransport(command(keys.read)), starting)
  expect((await client.listTools({}, starting)).tools.map(({ name }) => name)).toEqual(['list_tasks', 'get_task'])
  expect(await client.callTool({ name: 'add_task', arguments: { title: 'x' } })).toMatchObject({
    isError: true,
    structuredContent: { code: 'scope_insufficient' },
  })
  await client.close()
})

test('a revoked key stops working, even in a running process', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'short', configId: 'write' })
  const client = await clients['protocol 2025-11-25']?.(key)
  expect(await client?.callTool({ name: 'list_tasks' })).not.toMatchObject({ isError: true })
  await server.app.inject({
    method: 'POST',
    url: '/api/auth/api-key/delete',
    headers: { authorization: `Bearer ${user.session}` },
    payload: { keyId: id, configId: 'write' },
  })
  const refused = { isError: true, structuredContent: { code: 'api_key_invalid' } }
  await expect.poll(() => client?.callTool({ name: 'list_tasks' }), { interval: 250 }).toMatchObject(refused)
  await client?.close()
})

/** Runs the program on an input until it exits. */
async function run(key: string | undefined, input = '', args = [program]) {
  const child = spawn(process.execPath, args, { env: environment(key) })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  child.stdin.on('error', () => {}).end(input)
  const [code] = await once(child, 'exit')
  const [stdout, stderr] = await output
  return { code, stdout, stderr }
}

test('without a key it prints one line about the missing key', async () => {
  expect(await run(undefined)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'TASKWIRE_API_KEY must be set to an API key of the user for whom the agent acts\n',
  })
})

test('with an invalid key it prints one line that does not contain the key', async () => {
  for (const [key, reason] of [
    ['tw_unknown', 'api_key_invalid'],
    ['no token at all', 'token_malformed'],
  ] as const) {
    expect(await run(key)).toEqual({
      code: 1,
      stdout: '',
      stderr: `TASKWIRE_API_KEY is not accepted (${reason}): it must be set to an API key of the user for whom the agent acts\n`,
    })
  }
})

test('it responds to every request sent before the input ended, in lines of JSON and nothing else', async () => {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: info }
  const messages = [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    ...Array.from({ length: 20 }, (_, i) => ({
      id: i + 2,
      method: 'tools/call',
      params: { name: 'add_task', arguments: { title: `piped ${i}` } },
    })),
  ]
  const input = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('')
  const { code, stdout, stderr } = await run(keys.write, `${input}this is no JSON\n`)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const responses = stdout
    .trimEnd()
    .split('\n')
    .map((line): { id: number; error?: unknown } => JSON.parse(line))
  expect(responses.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
  expect(responses.filter(({ error }) => error !== undefined)).toEqual([])
})

test('what answers while the server is being started introduces it as it does itself', async () => {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: info }
  const input = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`
  const ofTheServer = await run(keys.write, input)
  const started = await run(keys.write, input, [front, 'mcp'])
  expect(JSON.parse(started.stdout)).toEqual(JSON.parse(ofTheServer.stdout))
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with exit code 0', async (signal) => {
  const child = spawn(process.execPath, [program], { env: environment(keys.write) })
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`)
  await once(child.stdout, 'data')
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
})
