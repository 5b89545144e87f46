import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listenRequest, testMcpServer, tokenOf, type TestMcpServer } from '../../../testing/mcp_server.ts'

let mcp: TestMcpServer
let token: string
beforeAll(async () => {
  mcp = await testMcpServer()
  token = await tokenOf('wire')
})
afterAll(() => mcp.close())

interface McpRequest {
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly method?: string
}

function send({ headers = {}, body, method = 'POST' }: McpRequest): Promise<Response> {
  return fetch(mcp.url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

const NEWEST = '2026-07-28'
const envelope = {
  'io.modelcontextprotocol/protocolVersion': NEWEST,
  'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** Sends a handwritten request of the newest revision. */
function modern(method: string, params: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  const name: Record<string, string> = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}
  return send({
    headers: { 'mcp-protocol-version': NEWEST, 'mcp-method': method, ...name, ...headers },
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } },
  })
}

/** The JSON-RPC message of a 2025-era response, which is one server-sent event. */
async function message(response: Response): Promise<unknown> {
  const text = await response.text()
  const data = /^data: (.*)$/m.exec(text)?.[1]
  return JSON.parse(data ?? text)
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'wire', version: '1' } },
}

describe('protocol 2026-07-28 on the wire', () => {
  test('server/discover names the revisions, the capabilities and the server', async () => {
    const response = await modern('server/discover')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      result: { supportedVersions: expect.arrayContaining([NEWEST]), capabilities: { tools: {} } },
    })
  })

  test('tools/list has a fixed order, schemas, annotations and a private cache hint', async () => {
    const [first, second] = await Promise.all([modern('tools/list'), modern('tools/list')])
    const { result } = JSON.parse(await first.text())
    expect(JSON.parse(await second.text()).result).toEqual(result)
    expect(result).toMatchObject({ resultType: 'complete', cacheScope: 'private' })
    const complete = result.tools.find(({ name }: { name: string }) => name === 'complete_task')
    expect(complete).toEqual({
      name: 'complete_task',
      title: 'Complete task',
      description: expect.any(String),
      inputSchema: {
        type: 'object',
        properties: {
          task_id: { type: 'integer', description: 'The id of a task', exclusiveMinimum: 0 },
          if_version: expect.any(Object),
          idempotency_key: expect.any(Object),
          user_id: expect.any(Object),
        },
        required: ['task_id'],
        additionalProperties: false,
      },
      outputSchema: {
        type: 'object',
        properties: {
          task_id: { type: 'integer' },
          status: { type: 'string', const: 'completed' },
          title: { type: 'string' },
          version: { type: 'integer' },
          seq: expect.objectContaining({ type: 'integer' }),
          next_task_id: expect.objectContaining({ type: 'integer' }),
          next_due_date: { type: 'string' },
          code: expect.any(Object),
        },
        anyOf: [{ required: ['task_id', 'title', 'version', 'status'] }, { required: ['code'] }],
      },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    })
  })

  test('tools/list is at most 12 tools and 5,000 tokens, a list of 50 tasks at most 1,600 (o200k)', async () => {
    const { result } = JSON.parse(await (await modern('tools/list')).text())
    expect(result.tools.length).toBeLessThanOrEqual(12)
    const toolTokens = encode(JSON.stringify(result)).length
    const { task } = mcp.fixture.caller('wire')
    for (let i = 0; i < 50; i++) {
      const due = i % 3 === 0 ? { due_date: '2027-03-01', priority: 'high' as const } : {}
      await task.create({
        title: `Call the plumber about flat ${i}`,
        ...due,
        ...(i % 5 === 0 ? { tags: ['home'] } : {}),
      })
    }
    const listed = await modern('tools/call', { name: 'list_tasks', arguments: {} })
    const { content } = JSON.parse(await listed.text()).result
    expect(JSON.parse(content[0].text).tasks).toHaveLength(50)
    const listTokens = encode(content[0].text).length
    process.stdout.write(
      `tools/list: ${result.tools.length} tools, ${toolTokens} tokens; 50 tasks: ${listTokens} tokens\n`,
    )
    expect(toolTokens).toBeLessThanOrEqual(5000)
    expect(listTokens).toBeLessThanOrEqual(1600)
  })

  test('tools/call returns text and structured content', async () => {
    const response = await modern('tools/call', { name: 'add_task', arguments: { title: 'wire' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('mcp-session-id')).toBeNull()
    expect(await response.json()).toMatchObject({
      result: { resultType: 'complete', structuredContent: { status: 'created', title: 'wire' } },
    })
  })

  test('an unknown argument is rejected, not stripped', async () => {
    const response = await modern('tools/call', { name: 'add_task', arguments: { title: 'x', titel: 'y' } })
    expect(await response.json()).toMatchObject({
      result: {
        isError: true,
        content: [{ type: 'text', text: expect.stringContaining('There is no field titel; use title') }],
        structuredContent: { code: 'validation_failed', fields: [{ type: 'unknown_field', loc: ['titel'] }] },
      },
    })
  })

  test('missing or null arguments count as empty', async () => {
    expect(await (await modern('tools/call', { name: 'list_tasks' })).json()).toMatchObject({
      result: { structuredContent: { tasks: expect.any(Array) } },
    })
    const refused = await (await modern('tools/call', { name: 'add_task' })).json()
    expect(refused).toMatchObject({ result: { isError: true, structuredContent: { code: 'validation_failed' } } })
  })

  test('an unknown tool is a protocol error', async () => {
    const response = await modern('tools/call', { name: 'drop_all_tasks', arguments: {} })
    expect(await response.json()).toMatchObject({ error: { code: -32602, message: 'Unknown tool: drop_all_tasks' } })
  })

  test('an unknown method, an unknown revision and a header that contradicts the body are rejected', async () => {
    expect((await modern('tools/destroy')).status).toBe(404)
    const wrongHeader = await modern('tools/list', {}, { 'mcp-method': 'tools/call' })
    expect(wrongHeader.status).toBe(400)
    expect(await wrongHeader.json()).toMatchObject({ id: 1, error: { code: -32020 } })
    const future = await send({
      headers: { 'mcp-protocol-version': '2099-01-01', 'mcp-method': 'tools/list' },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: { _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } },
      },
    })
    expect(future.status).toBe(400)
    expect(await future.json()).toMatchObject({ error: { data: { supported: [NEWEST] } } })
  })

  test('a user_id other than the token’s is rejected', async () => {
    const args = { name: 'list_tasks', arguments: { user_id: 'somebody' } }
    expect(await (await modern('tools/call', args)).json()).toMatchObject({
      result: { isError: true, structuredContent: { code: 'user_mismatch' } },
    })
  })
})

describe('protocols of 2025 on the wire', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    '%s is negotiated, without a session',
    async (version) => {
      const body = { ...initialize, params: { ...initialize.params, protocolVersion: version } }
      const response = await send({ body })
      expect(response.status).toBe(200)
      expect(response.headers.get('mcp-session-id')).toBeNull()
      expect(await message(response)).toMatchObject({
        id: 1,
        result: { protocolVersion: version, serverInfo: { name: 'taskwire' }, capabilities: { tools: {} } },
      })
    },
  )

  test('a call needs no prior handshake, so any replica can handle it', async () => {
    const call = { name: 'add_task', arguments: { title: 'x', unknown: 1 } }
    const response = await send({
      headers: { 'mcp-protocol-version': '2025-06-18' },
      body: { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: call },
    })
    expect(await message(response)).toMatchObject({
      id: 'a',
      result: { isError: true, structuredContent: { code: 'validation_failed', request_id: expect.any(String) } },
    })
  })

  test('a notification is accepted without a body', async () => {
    const response = await send({ body: { jsonrpc: '2.0', method: 'notifications/initialized' } })
    expect(response.status).toBe(202)
    expect(await response.text()).toBe('')
  })

  test('ping gets a response', async () => {
    const response = await send({ body: { jsonrpc: '2.0', id: 3, method: 'ping' } })
    expect(await message(response)).toEqual({ jsonrpc: '2.0', id: 3, result: {} })
  })
})

describe('errors before the protocol', () => {
  test.each([
    [
      'no token',
      {},
      'not_authenticated',
      'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp"',
    ],
    [
      'a bad token',
      { authorization: 'Bearer wrong' },
      'token_malformed',
      'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp", error="invalid_token"',
    ],
    [
      'an unknown key',
      { authorization: 'Bearer tw_nobody' },
      'api_key_invalid',
      'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp", error="invalid_token"',
    ],
  ])('%s is 401 with a challenge', async (_name, headers, code, challenge) => {
    const response = await fetch(mcp.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(initialize),
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(await response.json()).toEqual({
      detail: code === 'not_authenticated' ? 'Not authenticated' : 'Invalid token',
      code,
      request_id: expect.any(String),
    })
  })

  test('an expired token is reported as expired', async () => {
    const expired = await signedToken({ sub: 'wire', exp: 1 })
    const response = await send({ headers: { authorization: `Bearer ${expired}` }, body: initialize })
    expect(await response.json()).toMatchObject({ code: 'token_expired' })
  })

  test.each([['*/*'], ['application/json, */*;q=0.1']])('a client that accepts %j gets a response', async (accept) => {
    const response = await send({ headers: { accept }, body: initialize })
    expect(await message(response)).toMatchObject({ result: { protocolVersion: '2025-06-18' } })
  })

  test('a client that does not accept events gets 406', async () => {
    expect(await send({ headers: { accept: 'application/json' }, body: initialize })).toMatchObject({ status: 406 })
  })

  test.each([
    'http://evil.test',
    'null',
    'http://localhost.evil.test',
    'https://app.test.evil.test',
    'http://127.0.0.1.evil.test',
  ])('a page of %s is 403', async (origin) => {
    const response = await send({ headers: { origin }, body: initialize })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'validation_failed', detail: [{ loc: ['header', 'origin'] }] })
  })

  test.each(['https://app.test', 'http://127.0.0.1:8000', 'http://localhost:6274', 'http://[::1]:3000'])(
    'a page of %s may call',
    async (origin) => {
      expect((await send({ headers: { origin }, body: initialize })).status).toBe(200)
    },
  )

  test('GET and DELETE, which only sessions need, have no route', async () => {
    for (const method of ['GET', 'DELETE']) expect((await send({ method })).status).toBe(404)
  })

  test('bodies that are not JSON or not JSON-RPC are rejected', async () => {
    const broken = await send({ body: '{"jsonrpc":' })
    expect(broken.status).toBe(422)
    expect(await broken.json()).toMatchObject({ code: 'malformed_json' })
    for (const body of ['""', '7', 'null', '{}', '[]', '{"jsonrpc":"1.0","id":1,"method":"ping"}']) {
      expect((await send({ body })).status).toBe(400)
    }
    expect((await send({})).status).toBe(400)
    expect((await send({ headers: { 'content-type': 'text/plain' }, body: initialize })).status).toBe(415)
    expect((await send({ headers: { accept: 'text/html' }, body: initialize })).status).toBe(406)
  })
})

async function metadata(of: TestMcpServer, path = '/mcp'): Promise<unknown> {
  const response = await fetch(new URL(`/.well-known/oauth-protected-resource${path}`, of.url))
  return response.json()
}

/** The same for a client that knows the server by another name. */
async function metadataFor(host: string): Promise<unknown> {
  const response = await mcp.app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers: { host } })
  return response.json()
}

describe('the metadata of RFC 9728', () => {
  test('names the resource and our authorization server', async () => {
    const expected = {
      resource: 'http://127.0.0.1:8000/mcp',
      authorization_servers: ['http://127.0.0.1:8000'],
      scopes_supported: ['tasks:read', 'tasks:write', 'offline_access'],
      bearer_methods_supported: ['header'],
      resource_name: 'Taskwire',
      resource_documentation: 'http://127.0.0.1:8000/docs',
    }
    expect(await metadata(mcp)).toEqual(expected)
    expect(await metadata(mcp, '')).toEqual(expected)
  })

  test('names the resource as the client knows it, if that is a name of this machine', async () => {
    const localhost = { resource: 'http://localhost:8000/mcp', authorization_servers: ['http://127.0.0.1:8000'] }
    expect(await metadataFor('localhost:8000')).toMatchObject(localhost)
    expect(await metadataFor('evil.example')).toMatchObject({ resource: 'http://127.0.0.1:8000/mcp' })
  })

  test('names the external issuer instead, where the users are known', async () => {
    const external = await testMcpServer({ AUTH_ISSUER: 'https://id.test' })
    expect(await metadata(external)).toMatchObject({ authorization_servers: ['https://id.test'] })
    await external.close()
  })
})

test('clients that disconnect before the response do not affect others', async () => {
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const leaving = new AbortController()
      const request = fetch(mcp.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: index, method: 'tools/call', params: { name: 'list_tasks' } }),
        signal: leaving.signal,
      })
      setImmediate(() => leaving.abort())
      await request.catch(() => {})
    }),
  )
  expect((await modern('tools/call', { name: 'list_tasks' })).status).toBe(200)
})

test.each([
  ['a stream of the SDK', initialize],
  ['a direct answer', { jsonrpc: '2.0', id: 1, method: 'tools/list' }],
])('a connection is closed after %s if the client wants that, and its next request gets another', async (_, body) => {
  const agent = new Agent({ keepAlive: true })
  for (let n = 0; n < 2; n++) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' }
    const sent = httpRequest(mcp.url, { method: 'POST', agent, headers }).end(JSON.stringify(body))
    const [response]: IncomingMessage[] = await once(sent, 'response')
    expect(response?.statusCode).toBe(200)
    expect(response?.headers).toMatchObject({ connection: 'close', 'content-type': 'text/event-stream' })
    expect(response && (await textOf(response))).toMatch(/^event: message\n/)
  }
  agent.destroy()
})

test('a subscription stream ends when the server closes', async () => {
  const closing = await testMcpServer()
  const response = await fetch(closing.url, listenRequest(await tokenOf(newUser()), { toolsListChanged: true }))
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const [text] = await Promise.all([response.text(), closing.close()])
  expect(text).toContain('notifications/subscriptions/acknowledged')
})
