import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient, REDIRECT, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

const MCP = 'http://127.0.0.1:8000/mcp'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server.close()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const me = (token: string) => server.app.inject({ url: '/auth/me', headers: bearer(token) })

/** The query of the URL that a response leads to. */
function ledTo(location: unknown): { page: string; query: Record<string, string> } {
  const { origin, pathname, hash, searchParams } = new URL(String(location), 'http://ours')
  const page = `${pathname}${hash}`
  return { page: origin === 'http://ours' ? page : `${origin}${page}`, query: Object.fromEntries(searchParams) }
}

test('a client registers, asks, and gets tokens for the user who agreed', async () => {
  const user = await server.newUser()
  const client = oauthClient(server)
  const registered = await client.register()
  expect(registered.statusCode).toBe(201)
  const { client_id } = registered.json<{ client_id: string }>()

  const asked = await client.authorize(user.session, { client_id, resource: MCP })
  expect(asked.statusCode).toBe(302)
  expect(ledTo(asked.headers.location)).toMatchObject({ page: '/#/connect', query: { client_id, state: 'some state' } })

  const agreed = await client.decide(user.session, String(asked.headers.location))
  const back = new URL(agreed.json<{ url: string }>().url)
  expect(`${back.origin}${back.pathname}`).toBe(REDIRECT)
  expect(Object.fromEntries(back.searchParams)).toEqual({
    code: expect.any(String),
    state: 'some state',
    iss: 'http://127.0.0.1:8000',
  })

  const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, resource: MCP })
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
  const tokens = answer.json<TokenAnswer>()
  expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'tasks:read tasks:write offline_access' })
  expect((await me(tokens.access_token)).json()).toMatchObject({ id: user.id, email: user.email })
})

test('without a session the request leads to the page that signs in, and a denied consent back to the client', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const asked = await client.authorize(undefined, { client_id })
  expect(ledTo(asked.headers.location)).toMatchObject({ page: '/#/connect', query: { client_id } })

  const refused = await client.decide(session, String(asked.headers.location), { accept: false })
  expect(ledTo(refused.json<{ url: string }>().url)).toMatchObject({
    page: REDIRECT,
    query: { error: 'access_denied', state: 'some state', iss: 'http://127.0.0.1:8000' },
  })
})

test('signing in for a request leads on to consent, and once that was given to the client', async () => {
  const { session, email } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const asked = await client.authorize(undefined, { client_id })
  const oauth_query = new URL(String(asked.headers.location), 'http://localhost').search.slice(1)
  const payload = { email, password: 'correct horse battery', oauth_query }
  const signIn = () => server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
  const led = async () => ledTo((await signIn()).json<{ url: string }>().url)
  expect(await led()).toMatchObject({ page: '/#/connect', query: { client_id } })
  await client.granted(session, { client_id })
  expect(await led()).toMatchObject({ page: REDIRECT, query: { iss: 'http://127.0.0.1:8000' } })
})

test('a request that was changed on the consent page is refused', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const asked = await client.authorize(session, { client_id, scope: 'tasks:read' })
  const changed = String(asked.headers.location).replace('tasks%3Aread', 'tasks%3Awrite')
  const answer = await client.decide(session, changed)
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: 'invalid_signature' }])
})

test('an unknown client or redirect leads to no client, only to our page', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const unknown = await client.authorize(session, { client_id: 'nobody' })
  expect(ledTo(unknown.headers.location)).toMatchObject({ page: '/#/connect', query: { error: 'invalid_client' } })
  for (const redirect_uri of [
    'https://evil.example/callback',
    `${REDIRECT}/more`,
    'http://127.0.0.1.evil.example/callback',
  ]) {
    const wrong = await client.authorize(session, { client_id, redirect_uri })
    expect(ledTo(wrong.headers.location)).toMatchObject({ page: '/#/connect', query: { error: expect.any(String) } })
  }
})

test('an editor may be redirected to by its own scheme, and by no other', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const redirect_uri = 'cursor://anysphere.cursor-mcp/oauth/callback'
  const registered = await client.register({ redirect_uris: [redirect_uri, REDIRECT] })
  expect([registered.statusCode, registered.json()]).toMatchObject([201, { redirect_uris: [redirect_uri, REDIRECT] }])
  const { client_id } = registered.json<{ client_id: string }>()
  const back = await client.granted(session, { client_id, redirect_uri })
  expect(back.href).toMatch(/^cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback\?code=/)
  const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, redirect_uri })
  expect((await me(answer.json<TokenAnswer>().access_token)).statusCode).toBe(200)

  for (const wrong of ['cursor://evil.example/callback', 'vscode://anysphere.cursor-mcp/oauth/callback']) {
    const refused = await client.authorize(session, { client_id, redirect_uri: wrong })
    expect(ledTo(refused.headers.location)).toMatchObject({ page: '/#/connect', query: { error: 'invalid_redirect' } })
  }
  for (const wrong of ['ms-settings://anywhere/', 'file:///etc/passwd', 'cursor:callback']) {
    expect((await client.register({ redirect_uris: [wrong] })).statusCode).toBe(400)
  }
})

test('a native client may use another port of its machine than it registered', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const redirect_uri = 'http://127.0.0.1:50123/callback'
  const back = await client.granted(session, { client_id, redirect_uri })
  expect(back.host).toBe('127.0.0.1:50123')
})

test.each([
  ['a resource of somebody else', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
  ['an unknown scope', { scope: 'tasks:read admin' }, 'invalid_scope'],
  ['no code challenge', { code_challenge: '' }, 'invalid_request'],
  ['a plain code challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
])('%s is refused, and the client is told', async (_what, query, error) => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const answer = await client.authorize(session, { client_id, ...query })
  const [, given = ''] = String(answer.headers.location).split(/[?#]/)
  expect(String(answer.headers.location).startsWith(REDIRECT)).toBe(true)
  expect(new URLSearchParams(given).get('error')).toBe(error)
})

test('a code works once, with its verifier, its redirect and its resource', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const code = async () =>
    String((await client.granted(session, { client_id, resource: MCP })).searchParams.get('code'))
  const errorOf = async (form: Record<string, string>) => {
    const answer = await client.exchange(await code(), { client_id, ...form })
    return [answer.statusCode, answer.json<{ error: string }>().error]
  }
  expect(await errorOf({ code_verifier: 'x'.repeat(43) })).toEqual([400, 'invalid_grant'])
  expect(await errorOf({ code_verifier: '' })).toEqual([400, 'invalid_request'])
  expect(await errorOf({ redirect_uri: 'http://127.0.0.1:33419/callback' })).toEqual([400, 'invalid_grant'])
  expect(await errorOf({ resource: 'http://127.0.0.1:8000' })).toEqual([400, 'invalid_target'])
  expect(await errorOf({ client_id: await client.newClient() })).toEqual([400, 'invalid_grant'])

  const once = await code()
  const { access_token, refresh_token } = (await client.exchange(once, { client_id })).json<TokenAnswer>()
  expect((await me(access_token)).statusCode).toBe(200)
  // A code that comes twice was stolen: what it had bought ends as well.
  expect((await client.exchange(once, { client_id })).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await me(access_token)).statusCode).toBe(401)
  expect((await client.refresh(refresh_token, client_id)).statusCode).toBe(400)
})

test('errors of the token endpoint have the fields of OAuth and ours', async () => {
  const answer = await oauthClient(server).exchange('nothing', { client_id: 'nobody' })
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({
    error: 'invalid_grant',
    error_description: 'invalid code',
    detail: 'invalid code',
    code: 'validation_failed',
    request_id: expect.any(String),
  })
})

test('without offline_access there is no refresh token', async () => {
  const { session } = await server.newUser()
  const { tokens } = await oauthClient(server).connected(session, 'tasks:read')
  expect(tokens.refresh_token).toBeUndefined()
  expect(tokens.scope).toBe('tasks:read')
})

test('a client may keep a secret, and is refused without it', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const registered = await client.register({
    redirect_uris: ['https://client.example/callback'],
    token_endpoint_auth_method: 'client_secret_post',
  })
  const { client_id, client_secret } = registered.json<{ client_id: string; client_secret: string }>()
  const redirect_uri = 'https://client.example/callback'
  const code = async () => String((await client.granted(session, { client_id, redirect_uri })).searchParams.get('code'))
  const without = await client.exchange(await code(), { client_id, redirect_uri })
  expect(without.json()).toMatchObject({ error: 'invalid_client' })
  const answer = await client.exchange(await code(), { client_id, client_secret, redirect_uri })
  expect((await me(answer.json<TokenAnswer>().access_token)).statusCode).toBe(200)
})

test.each([
  ['an address of another machine without TLS', ['http://client.example/callback']],
  ['a script', ['javascript:alert(1)']],
  ['a fragment', ['https://client.example/callback#here']],
  ['no address', []],
])('a client with %s to redirect to is not registered', async (_what, redirect_uris) => {
  const answer = await oauthClient(server).register({ redirect_uris })
  expect(answer.statusCode).toBeGreaterThanOrEqual(400)
  expect(answer.statusCode).toBeLessThan(500)
})

test('who registers a client is not noted, even with a session', async () => {
  const { email } = await server.newUser()
  const credentials = { email, password: 'correct horse battery' }
  const signIn = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: credentials })
  const cookie = String(signIn.headers['set-cookie']).split(';', 1)[0]
  const payload = { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/auth/oauth2/register',
    headers: { cookie, origin: 'https://elsewhere.example' },
    payload,
  })
  expect(answer.statusCode).toBe(201)
  const { client_id } = answer.json<{ client_id: string }>()
  const row = await server.database.db.oauthClient.findFirst({ where: { clientId: client_id } })
  expect(row?.userId).toBe(null)
})

test('a page of any origin may register and ask for tokens, and sends no cookie with it', async () => {
  const origin = 'https://client.example'
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
  for (const path of ['register', 'token', 'revoke']) {
    const preflight = await server.app.inject({ method: 'OPTIONS', url: `/api/auth/oauth2/${path}`, headers })
    expect(preflight.headers).toMatchObject({ 'access-control-allow-origin': '*' })
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined()
  }
  const authorize = await server.app.inject({ url: '/api/auth/oauth2/get-consents', headers: { origin } })
  expect(authorize.headers['access-control-allow-origin']).toBeUndefined()
})
