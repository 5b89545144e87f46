import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as SdkV1Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as SdkV1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { appRouter, operations, tools, type Principal } from '@taskwire/api'
import { signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { sendError } from '../src/http/error_response.ts'
import { readJsonBodies } from '../src/http/json_body.ts'
import { mcpAnswers } from '../src/transports/mcp/answers.ts'
import { mcpRoutes, type McpRoutesOptions } from '../src/transports/mcp/routes.ts'
import { mcpServerFactory } from '../src/transports/mcp/server.ts'

export interface TestMcpServer {
  readonly fixture: TestServices
  readonly app: FastifyInstance
  /** The URL of `/mcp`, on loopback. */
  readonly url: URL
  close(): Promise<void>
}

/** The MCP routes alone on a listening Fastify, mounted as the server does. */
export async function testMcpServer(env: Partial<McpRoutesOptions['env']> = {}): Promise<TestMcpServer> {
  const fixture = await testServices({ apiKey: async (key) => apiKeys[key] ?? 'api_key_invalid' })
  const app = Fastify({ logger: false })
  const direct = tools(operations(appRouter))
  readJsonBodies(app)
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  await app.register(
    mcpRoutes({
      answers: () => mcpAnswers({ services: fixture.services, server: mcpServerFactory(direct), direct }),
      env: {
        BETTER_AUTH_URL: 'http://127.0.0.1:8000',
        AUTH_ISSUER: undefined,
        CORS_ORIGINS: ['https://app.test'],
        ...env,
      },
    }),
  )
  const url = new URL('/mcp', await app.listen({ host: '127.0.0.1', port: 0 }))
  return {
    fixture,
    app,
    url,
    async close() {
      await app.close()
      await fixture.close()
    },
  }
}

const reader = { user_id: 'reader', kind: 'api_key', actor: null, email: null, name: null, expires_at: null } as const

/** API keys that the test server accepts. */
export const READ_KEY = 'tw_reads'
/** One that was granted access to no tasks. */
export const NO_TASKS_KEY = 'tw_nothing'
const apiKeys: Record<string, Principal> = {
  [READ_KEY]: { ...reader, scope: 'read' },
  [NO_TASKS_KEY]: { ...reader, scope: 'none' },
}

/** The common part of the clients of all generations. */
export interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(call: { name: string; arguments?: Record<string, unknown> }): Promise<CallResult>
  close(): Promise<void>
}

export type CallResult = z.infer<typeof callResult>
const callResult = z.object({
  isError: z.boolean().optional(),
  content: z.unknown().optional(),
  structuredContent: z.unknown().optional(),
})

export type Connect = (url: URL, token: string) => Promise<AnyClient>

const named = { name: 'test', version: '1' }

function bearer(token: string) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } }
}

/** Official clients: the newest revision, the same client as a 2025 one, and the SDK of 2025. */
export const clients: Record<string, Connect> = {
  'protocol 2026-07-28': async (url, token) => {
    const client = new Client(named, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new StreamableHTTPClientTransport(url, bearer(token)))
    return client
  },
  'negotiating the newest': async (url, token) => {
    const client = new Client(named, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(url, bearer(token)))
    return client
  },
  'protocol 2025-11-25': async (url, token) => {
    const client = new Client(named)
    await client.connect(new StreamableHTTPClientTransport(url, bearer(token)))
    return client
  },
  'the SDK of 2025': async (url, token) => {
    const client = new SdkV1Client(named)
    await client.connect(new SdkV1Transport(url, bearer(token)))
    return commonFace(client)
  },
}

/** A client of the 2025 SDK, whose types still include the results of 2024. */
export function commonFace(client: SdkV1Client): AnyClient {
  return {
    listTools: () => client.listTools(),
    callTool: async (call) => callResult.parse(await client.callTool(call)),
    close: () => client.close(),
  }
}

const NEWEST = '2026-07-28'

/** A handwritten request of the newest revision for a stream of updates. */
export function listenRequest(token: string, notifications: Readonly<Record<string, unknown>>): RequestInit {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': NEWEST,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const method = 'subscriptions/listen'
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': NEWEST,
      'mcp-method': method,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { notifications, _meta } }),
  }
}

export function tokenOf(user_id: string): Promise<string> {
  return signedToken({ sub: user_id })
}
