import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Client as ClientOf2026, StreamableHTTPClientTransport as TransportOf2026 } from '@modelcontextprotocol/client'
import { Client as ClientOf2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportOf2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** An app that is connected, as its user drives it. */
export interface ConnectedMcpApp {
  readonly tools: () => Promise<string[]>
  readonly addTask: (title: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

export interface McpApp {
  /** Connects with nothing but the URL; `browse` is the user's browser, which the app sends to an address. */
  readonly connect: (url: string, browse: (url: string) => Promise<void>) => Promise<ConnectedMcpApp>
}

/** What the SDKs keep for an app, and where they are sent back to. */
function provider(redirectUrl: string, browse: (url: string) => void) {
  const kept: { client?: never; tokens?: never; discovery?: never; verifier: string; state: string } = {
    verifier: '',
    state: randomUUID(),
  }
  return {
    redirectUrl,
    clientMetadata: {
      client_name: 'Plan B',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => kept.state,
    clientInformation: () => kept.client,
    saveClientInformation: (client: unknown) => void Object.assign(kept, { client }),
    tokens: () => kept.tokens,
    saveTokens: (tokens: unknown) => void Object.assign(kept, { tokens }),
    saveDiscoveryState: (discovery: unknown) => void Object.assign(kept, { discovery }),
    discoveryState: () => kept.discovery,
    redirectToAuthorization: (url: URL) => browse(url.href),
    saveCodeVerifier: (verifier: string) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier,
  }
}

/** The page of an app on this machine to which the browser comes back. */
async function callbackPage() {
  const { promise: called, resolve } = Promise.withResolvers<URLSearchParams>()
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title><h1>Back in the app</h1>')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/callback') resolve(searchParams)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://127.0.0.1:${address.port}/callback`,
    called,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Sdk {
  /** A transport and a client of one connection. */
  readonly open: (
    url: URL,
    authProvider: ReturnType<typeof provider>,
  ) => {
    readonly connect: () => Promise<void>
    readonly finish: (answer: URLSearchParams) => Promise<void>
    readonly listTools: () => Promise<{ tools: { name: string }[] }>
    readonly callTool: (call: { name: string; arguments: Record<string, unknown> }) => Promise<unknown>
    readonly close: () => Promise<void>
  }
}

function mcpApp({ open }: Sdk): McpApp {
  return {
    async connect(url, browse) {
      const page = await callbackPage()
      let browsing = Promise.resolve()
      const auth = provider(page.url, (to) => void (browsing = browse(to)))
      const first = open(new URL(url), auth)
      // The SDKs reject once they have sent the user to the browser.
      const rejection = await first.connect().then(
        () => undefined,
        (error: unknown) => error,
      )
      if (rejection === undefined) throw new Error('The app was let in without consent')
      await browsing
      const answer = await page.called
      if (answer.get('state') !== auth.state()) throw new Error('The state is not the one that was sent')
      if (!answer.has('code')) throw new Error(answer.get('error') ?? 'no code')
      await first.finish(answer)
      await first.close()
      page.close()
      const app = open(new URL(url), auth)
      await app.connect()
      return {
        tools: async () => (await app.listTools()).tools.map(({ name }) => name),
        addTask: (title) => app.callTool({ name: 'add_task', arguments: { title } }),
        close: () => app.close(),
      }
    },
  }
}

const info = { name: 'plan-b', version: '1.0.0' }

/** The official TypeScript SDKs, of the protocol of 2025 and of 2026. */
export const sdks: Readonly<Record<string, McpApp>> = {
  '1.x': mcpApp({
    open(url, authProvider) {
      const transport = new TransportOf2025(url, { authProvider })
      const client = new ClientOf2025(info)
      return {
        connect: () => client.connect(transport),
        finish: (answer) => transport.finishAuth(answer.get('code') ?? ''),
        listTools: () => client.listTools(),
        callTool: (call) => client.callTool(call),
        close: () => client.close(),
      }
    },
  }),
  '2.x': mcpApp({
    open(url, authProvider) {
      const transport = new TransportOf2026(url, { authProvider })
      const client = new ClientOf2026(info)
      return {
        connect: () => client.connect(transport),
        finish: (answer) => transport.finishAuth(answer),
        listTools: () => client.listTools(),
        callTool: (call) => client.callTool(call),
        close: () => client.close(),
      }
    },
  }),
}
