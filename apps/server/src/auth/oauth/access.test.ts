import { appRouter, operations, publicError } from '@taskwire/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oauthClient, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { samples } from '../../../testing/matrix/samples.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

let server: SignInServer
/** Another process on the same database. */
let replica: SignInServer
beforeAll(async () => {
  server = await signInServer()
  replica = await signInServer({ database: server.database })
})
afterAll(async () => {
  expect([...server.logged, ...replica.logged]).toEqual([])
  await replica.close()
  await server.close()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const statusOf = async (token: string, of = server) =>
  (await of.app.inject({ url: '/auth/me', headers: bearer(token) })).statusCode
const post = (url: string, token: string, payload: object = {}) =>
  server.app.inject({ method: 'POST', url, headers: bearer(token), payload })

async function connectedUser(scope?: string) {
  const user = await server.newUser()
  const client = oauthClient(server)
  return { user, client, ...(await client.connected(user.session, scope)) }
}

/** Expects both processes to refuse a token within 5 s. */
async function expectRefused(token: string): Promise<void> {
  for (const of of [server, replica]) await expect.poll(() => statusOf(token, of)).toBe(401)
}

describe('a refresh token', () => {
  /** Makes the use of a user's spent refresh tokens half a minute older. */
  async function age(user_id: string): Promise<void> {
    const past = new Date(Date.now() - 31_000)
    await server.database.db.oauthRefreshToken.updateMany({
      where: { userId: user_id, rotatedAt: { not: null } },
      data: { rotatedAt: past, revoked: past, rotationReplayExpiresAt: new Date(Date.now() - 1000) },
    })
  }

  test('is answered again while the answer may have been lost, with the same tokens', async () => {
    const { client, client_id, tokens } = await connectedUser()
    const first = await client.refresh(tokens.refresh_token, client_id)
    const again = await client.refresh(tokens.refresh_token, client_id)
    expect([first.statusCode, again.statusCode]).toEqual([200, 200])
    const secrets = (answer: typeof first) => {
      const { access_token, refresh_token } = answer.json<TokenAnswer>()
      return { access_token, refresh_token }
    }
    expect(secrets(again)).toEqual(secrets(first))
    expect(await statusOf(secrets(first).access_token)).toBe(200)
  })

  test('gives all who send it at once the same tokens', async () => {
    const { client, client_id, tokens } = await connectedUser()
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.refresh(tokens.refresh_token, client_id)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map((answer) => answer.json<TokenAnswer>().refresh_token)).size).toBe(1)
  })

  test('that comes again later is refused, and ends what came of it', async () => {
    const { user, client, client_id, tokens } = await connectedUser()
    const next = (await client.refresh(tokens.refresh_token, client_id)).json<TokenAnswer>()
    await age(user.id)
    expect((await client.refresh(tokens.refresh_token, client_id)).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await client.refresh(next.refresh_token, client_id)).json()).toMatchObject({ error: 'invalid_grant' })
    await expectRefused(next.access_token)
    await expectRefused(tokens.access_token)
  })

  test('of another client is refused', async () => {
    const { client, tokens } = await connectedUser()
    const answer = await client.refresh(tokens.refresh_token, await client.newClient())
    expect(answer.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('gives no more scopes than were granted', async () => {
    const { client, client_id, tokens } = await connectedUser('tasks:read offline_access')
    const form = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token), client_id }
    expect((await client.token({ ...form, scope: 'tasks:write' })).json()).toMatchObject({ error: 'invalid_scope' })
  })
})

describe('a client loses access when', () => {
  const revoke = (token: string | undefined, client_id: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/auth/oauth2/revoke',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token: String(token), client_id }).toString(),
    })

  test('its access token is revoked', async () => {
    const { client_id, tokens } = await connectedUser()
    expect(await statusOf(tokens.access_token, replica)).toBe(200)
    expect((await revoke(tokens.access_token, client_id)).statusCode).toBe(200)
    await expectRefused(tokens.access_token)
  })

  test('its refresh token is revoked: no access token of the family remains', async () => {
    const { client, client_id, tokens } = await connectedUser()
    const next = (await client.refresh(tokens.refresh_token, client_id)).json<TokenAnswer>()
    expect((await revoke(next.refresh_token, client_id)).statusCode).toBe(200)
    await expectRefused(next.access_token)
    await expectRefused(tokens.access_token)
    expect((await client.refresh(next.refresh_token, client_id)).statusCode).toBe(400)
  })

  test('the user disconnects it, and gets it back by connecting again', async () => {
    const { user, client, client_id, tokens } = await connectedUser()
    const list = async () =>
      (await server.app.inject({ url: '/api/auth/oauth2/get-consents', headers: bearer(user.session) })).json<
        { id: string; clientId: string }[]
      >()
    const [consent] = await list()
    expect(consent?.clientId).toBe(client_id)
    // Somebody else cannot.
    const { session } = await server.newUser()
    expect((await post('/api/auth/oauth2/delete-consent', session, { id: consent?.id })).statusCode).toBe(401)
    expect(await statusOf(tokens.access_token, replica)).toBe(200)

    expect((await post('/api/auth/oauth2/delete-consent', user.session, { id: consent?.id })).statusCode).toBe(200)
    expect(await list()).toEqual([])
    await expectRefused(tokens.access_token)
    expect((await client.refresh(tokens.refresh_token, client_id)).json()).toMatchObject({ error: 'invalid_grant' })

    const back = await client.granted(user.session, { client_id })
    const again = await client.exchange(String(back.searchParams.get('code')), { client_id })
    expect(await statusOf(again.json<TokenAnswer>().access_token)).toBe(200)
    expect(await statusOf(tokens.access_token)).toBe(401)
  })

  test('its token expires', async () => {
    const { client_id, tokens } = await connectedUser()
    const expired = new Date(Date.now() - 1000)
    await server.database.db.oauthAccessToken.updateMany({
      where: { clientId: client_id },
      data: { expiresAt: expired },
    })
    await expectRefused(tokens.access_token)
    const answer = await server.app.inject({ url: '/auth/me', headers: bearer(tokens.access_token) })
    expect(answer.json()).toMatchObject({ code: 'token_expired', detail: 'Invalid token' })
  })

  test('its token is marked as revoked', async () => {
    const { client_id, tokens } = await connectedUser()
    const data = { revoked: new Date() }
    await server.database.db.oauthAccessToken.updateMany({ where: { clientId: client_id }, data })
    await expectRefused(tokens.access_token)
  })

  test('the user is deleted', async () => {
    const { user, client, client_id, tokens } = await connectedUser()
    const deleted = await post('/api/auth/delete-user', user.session, { password: 'correct horse battery' })
    expect(deleted.statusCode).toBe(200)
    await expectRefused(tokens.access_token)
    expect((await client.refresh(tokens.refresh_token, client_id)).statusCode).toBe(400)
    const { db } = server.database
    const left = { where: { userId: user.id } }
    const counts = [db.oauthAccessToken.count(left), db.oauthRefreshToken.count(left), db.oauthConsent.count(left)]
    expect(await Promise.all(counts)).toEqual([0, 0, 0])
  })

  test('the server moves to another address', async () => {
    const { user, client } = await connectedUser()
    const client_id = await client.newClient()
    const resource = 'http://127.0.0.1:8000/mcp'
    const back = await client.granted(user.session, { client_id, resource })
    const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, resource })
    const { access_token } = answer.json<TokenAnswer>()
    const env = { BETTER_AUTH_URL: 'https://tasks.example.com' }
    const moved = await signInServer({ database: server.database, env })
    const asked = await moved.app.inject({ url: '/auth/me', headers: bearer(access_token) })
    expect(asked.json()).toMatchObject({ code: 'token_audience_mismatch' })
    await moved.close()
  })
})

test('an open stream of a client ends when it is disconnected', async () => {
  const { user, tokens } = await connectedUser()
  const changes = await replica.caller(tokens.access_token, { via: 'trpc' }).change.subscribe({ since: 0 })
  const read: unknown[] = []
  const ended = async () => {
    for await (const change of changes) read.push(change)
  }
  await Promise.all([ended(), server.database.db.oauthConsent.deleteMany({ where: { userId: user.id } })])
  expect(read).toEqual([])
})

test('signing out leaves connected clients connected', async () => {
  const { user, client, client_id, tokens } = await connectedUser()
  expect((await post('/api/auth/sign-out', user.session)).statusCode).toBe(200)
  const next = await client.refresh(tokens.refresh_token, client_id)
  expect(next.statusCode).toBe(200)
  expect(await statusOf(next.json<TokenAnswer>().access_token)).toBe(200)
})

test('each resource of this server opens it', async () => {
  const user = await server.newUser()
  for (const name of ['127.0.0.1', 'localhost']) {
    for (const path of ['', '/', '/mcp']) {
      const resource = `http://${name}:8000${path}`
      const client = oauthClient(server)
      const client_id = await client.newClient()
      const back = await client.granted(user.session, { client_id, resource })
      const answer = await client.exchange(String(back.searchParams.get('code')), { client_id, resource })
      expect([resource, await statusOf(answer.json<TokenAnswer>().access_token)]).toEqual([resource, 200])
    }
  }
})

test('the log names the client that wrote', async () => {
  const { user, client_id, tokens } = await connectedUser()
  await post(`/api/${user.id}/tasks`, tokens.access_token, { title: 'by the client' })
  await post(`/api/${user.id}/tasks`, user.token, { title: 'by the user' })
  const { changes } = await server.caller(user.token).change.list({ since: 0 })
  expect(changes.map(({ actor }) => actor)).toEqual([`client:${client_id}`, null])
})

test('a client can act for its user only, and cannot manage the account', async () => {
  const { user, tokens } = await connectedUser()
  const other = await server.newUser()
  const foreign = await server.app.inject({ url: `/api/${other.id}/tasks`, headers: bearer(tokens.access_token) })
  expect(foreign.json()).toMatchObject({ code: 'user_mismatch' })
  const key = { name: 'more', configId: 'write' }
  expect((await post('/api/auth/api-key/create', tokens.access_token, key)).statusCode).toBe(401)
  const token = await server.app.inject({ url: '/api/auth/token', headers: bearer(tokens.access_token) })
  expect(token.statusCode).toBe(401)
  expect(await statusOf(user.token)).toBe(200)
})

test('text that only looks like an access token is refused', async () => {
  const codeOf = async (token: string) =>
    (await server.app.inject({ url: '/auth/me', headers: bearer(token) })).json<{ code: string }>().code
  expect(await codeOf(`twa_${'x'.repeat(32)}`)).toBe('token_expired')
  expect(await codeOf('twa_')).toBe('token_malformed')
  expect(await codeOf(`twa_${'x'.repeat(31)}'`)).toBe('token_malformed')
})

describe('the scopes of a client', () => {
  const rows = { task_id: 1, conversation_id: 1, seq: 1, webhook_id: 1, delivery_id: 1, feed_id: 1 }
  const scopes = ['tasks:read', 'tasks:write', 'offline_access', 'tasks:read tasks:write']
  const allowed = (scope: string, type: string) =>
    scope.includes('tasks:write') || (scope.includes('tasks:read') && type !== 'mutation')

  test.each(scopes)('%s: every operation is refused or not, as it reads or writes', async (scope) => {
    const { tokens } = await connectedUser(scope)
    const caller = { services: server.services, via: 'trpc', request_id: 'test', token: tokens.access_token } as const
    for (const operation of operations(appRouter)) {
      const controller = new AbortController()
      const input = samples[operation.name]?.(rows)
      const outcome = await operation.run(caller, input, controller.signal).then(
        () => 'ok',
        (error: unknown) => `${publicError(error).reason} ${publicError(error).message}`,
      )
      controller.abort()
      const refused = outcome === 'scope_insufficient Forbidden: insufficient scope'
      expect([operation.name, refused]).toEqual([operation.name, !allowed(scope, operation.type)])
    }
  })

  test('a missing scope is 403 and named, over REST, tRPC and MCP', async () => {
    const { user, tokens } = await connectedUser('tasks:read')
    const rest = await post(`/api/${user.id}/tasks`, tokens.access_token, { title: 'no' })
    expect([rest.statusCode, rest.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="tasks:write"',
    ])
    const error = { code: 'scope_insufficient', detail: 'Forbidden: insufficient scope', required_scope: 'tasks:write' }
    expect(rest.json()).toMatchObject(error)

    const trpc = await post('/trpc/task.create', tokens.access_token, { title: 'no' })
    expect([trpc.statusCode, trpc.json()]).toMatchObject([
      403,
      { error: { message: error.detail, data: { reason: error.code } } },
    ])

    const call = { name: 'add_task', arguments: { title: 'no' } }
    const mcp = await server.app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { ...bearer(tokens.access_token), accept: 'application/json, text/event-stream' },
      payload: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call },
    })
    expect(mcp.body).toContain('"isError":true')
    expect(mcp.body).toContain('ask the user to connect this app again and to allow tasks:write')
    expect(await server.caller(user.token).task.list({})).toMatchObject({ items: [] })
  })

  test('a consent that is narrowed narrows the tokens that were issued', async () => {
    const { user, tokens } = await connectedUser()
    const [consent] = (
      await server.app.inject({ url: '/api/auth/oauth2/get-consents', headers: bearer(user.session) })
    ).json<{ id: string }[]>()
    const update = { scopes: ['tasks:read'] }
    const narrowed = await post('/api/auth/oauth2/update-consent', user.session, { id: consent?.id, update })
    expect(narrowed.statusCode).toBe(200)
    expect((await post(`/api/${user.id}/tasks`, tokens.access_token, { title: 'no' })).statusCode).toBe(403)
    expect(await statusOf(tokens.access_token)).toBe(200)
  })
})
