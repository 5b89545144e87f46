import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

// Clients in use: the documents that their makers publish about them, or what they register, and their redirects.

const NATIVE = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

interface KnownClient {
  readonly document: Readonly<Record<string, unknown>> & { readonly client_id: string }
  readonly redirects: readonly string[]
}

const CLIENTS: Record<string, KnownClient> = {
  'Claude Code': {
    document: {
      client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
      client_name: 'Claude Code',
      client_uri: 'https://claude.ai',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      ...NATIVE,
    },
    redirects: ['http://localhost:54321/callback', 'http://127.0.0.1:54321/callback'],
  },
  Codex: {
    document: {
      client_id: 'https://chatgpt.com/oauth/codex/client.json',
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
      ...NATIVE,
    },
    redirects: ['http://127.0.0.1:34141/callback'],
  },
  'VS Code': {
    document: {
      client_id: 'https://vscode.dev/oauth/client-metadata.json',
      client_name: 'Visual Studio Code',
      client_uri: 'https://vscode.dev/product',
      logo_uri: 'https://code.visualstudio.com/assets/branding/code-stable.png',
      redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      ...NATIVE,
      grant_types: [...NATIVE.grant_types, DEVICE_CODE],
      application_type: 'native',
    },
    redirects: ['http://127.0.0.1:33418/', 'http://127.0.0.1:40001/', 'https://vscode.dev/redirect'],
  },
  'claude.ai': {
    document: {
      client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
      ...NATIVE,
    },
    redirects: ['https://claude.ai/api/mcp/auth_callback'],
  },
  ChatGPT: {
    document: {
      client_id: 'https://chatgpt.com/oauth/client.json',
      client_name: 'ChatGPT',
      client_uri: 'https://chatgpt.com/',
      logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      ...NATIVE,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256',
      jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
    },
    redirects: ['https://chatgpt.com/connector_platform_oauth_redirect'],
  },
}
const documents = Object.values(CLIENTS).map(({ document }) => document)

let server: SignInServer
let session: string
beforeAll(async () => {
  server = await signInServer({
    fetchClientDocument: async (input) => {
      const { url } = new Request(input)
      return Response.json(documents.find(({ client_id }) => client_id === url))
    },
  })
  session = (await server.newUser()).session
})
afterAll(() => server.close())

const cases = Object.entries(CLIENTS).flatMap(([name, { document, redirects }]) =>
  redirects.map((redirect_uri) => ({ name, redirect_uri, client_id: document.client_id })),
)

test.each(cases)('$name connects, and is redirected to $redirect_uri', async ({ client_id, redirect_uri }) => {
  const client = oauthClient(server)
  const back = await client.granted(session, { client_id, redirect_uri })
  expect(back.href).toContain(`${redirect_uri}?`)
  const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, redirect_uri })
  expect(answer.json<TokenAnswer>()).toMatchObject({
    token_type: 'Bearer',
    scope: 'tasks:read tasks:write offline_access',
  })
})

test.each([
  {
    client_name: 'Cursor',
    redirect_uris: [
      'http://localhost:8787/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ],
    ...NATIVE,
  },
  {
    client_name: 'Visual Studio Code',
    redirect_uris: ['https://insiders.vscode.dev/redirect', 'https://vscode.dev/redirect', 'http://127.0.0.1:33418/'],
    ...NATIVE,
    grant_types: [...NATIVE.grant_types, DEVICE_CODE],
    application_type: 'native',
  },
])('$client_name registers, and connects with each of its redirects', async (metadata) => {
  const client = oauthClient(server)
  const registered = await client.register(metadata)
  expect([registered.statusCode, registered.json()]).toMatchObject([201, { redirect_uris: metadata.redirect_uris }])
  const { client_id } = registered.json<{ client_id: string }>()
  for (const redirect_uri of metadata.redirect_uris) {
    const back = await client.granted(session, { client_id, redirect_uri })
    expect(back.href).toContain(`${redirect_uri}?`)
    const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, redirect_uri })
    expect(answer.json<TokenAnswer>()).toMatchObject({ token_type: 'Bearer' })
  }
})
