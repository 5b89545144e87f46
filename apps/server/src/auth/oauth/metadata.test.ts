import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'
import { betterAuthOn } from '../better_auth.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const PATH = '/.well-known/oauth-authorization-server'

test('the metadata is served wherever clients look, with the issuer that the resource names', async () => {
  const resource = await server.app.inject({ url: '/.well-known/oauth-protected-resource/mcp' })
  const [issuer] = resource.json<{ authorization_servers: string[] }>().authorization_servers
  for (const suffix of ['', '/', '/mcp', '/api/auth']) {
    const answer = await server.app.inject({ url: `${PATH}${suffix}`, headers: { origin: 'https://any.example' } })
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([200, '*'])
    expect(answer.json()).toMatchObject({ issuer, code_challenge_methods_supported: ['S256'] })
  }
})

test('everything that the metadata promises is what the plugin says of itself, but for the issuer', async () => {
  const options = { url: 'http://127.0.0.1:8000', secret: 'x'.repeat(40), trustedOrigins: [] }
  const auth = betterAuthOn({ ...options, db: server.database.db, log: server.services.log })
  const ours: object = (await server.app.inject({ url: PATH })).json()
  const own: object = await auth.api.getOAuthServerConfig({ headers: new Headers() })
  const added = ['issuer', 'service_documentation', 'revocation_endpoint_auth_methods_supported']
  for (const [name, value] of Object.entries(ours)) {
    if (added.includes(name)) continue
    const theirs: unknown = Reflect.get(own, name)
    if (Array.isArray(value)) expect([name, theirs]).toEqual([name, expect.arrayContaining(value)])
    else expect([name, theirs]).toEqual([name, value])
  }
})

test('every endpoint that the metadata names exists', async () => {
  const ours = (await server.app.inject({ url: PATH })).json<Record<string, string>>()
  const status = async (method: 'GET' | 'POST', url = '') =>
    (await server.app.inject({ method, url: new URL(url).pathname })).statusCode
  expect(await status('GET', ours['authorization_endpoint'])).toBe(302)
  for (const name of ['token_endpoint', 'registration_endpoint', 'revocation_endpoint']) {
    expect([name, await status('POST', ours[name])]).not.toEqual([name, 404])
  }
})

test('what nobody needs of the plugin does not exist', async () => {
  const { session } = await server.newUser()
  const headers = { authorization: `Bearer ${session}` }
  for (const path of [
    'create-client',
    'update-client',
    'delete-client',
    'client/rotate-secret',
    'introspect',
    'end-session',
    'end-session/confirm',
    'continue',
  ]) {
    const answer = await server.app.inject({ method: 'POST', url: `/api/auth/oauth2/${path}`, headers, payload: {} })
    expect([path, answer.statusCode]).toEqual([path, 404])
  }
  for (const path of ['get-clients', 'userinfo', 'get-client?client_id=x']) {
    const answer = await server.app.inject({ url: `/api/auth/oauth2/${path}`, headers })
    expect([path, answer.statusCode]).toEqual([path, 404])
  }
})

test('registrations, authorizations and requests for tokens count against the limit of an address', async () => {
  const strict = await signInServer({ database: server.database, env: { RATE_LIMIT_AUTH: '3' } })
  const client = oauthClient(strict)
  const codes = [
    await client.register(),
    await client.authorize(undefined, { client_id: 'x' }),
    await client.exchange('x', { client_id: 'x' }),
  ].map(({ statusCode }) => statusCode)
  expect(codes).toEqual([201, 302, 400])
  for (const refused of [
    await client.register(),
    await client.authorize(undefined, { client_id: 'x' }),
    await client.exchange('x', { client_id: 'x' }),
  ]) {
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, expect.any(String)])
  }
  await strict.close()
})
