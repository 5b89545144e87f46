import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'
import { betterAuthOn, type BetterAuthOptions } from './better_auth.ts'

let server: SignInServer
let database: TestDatabase
let user: Awaited<ReturnType<SignInServer['newUser']>>
beforeAll(async () => {
  server = await signInServer()
  database = server.database
  user = await server.newUser()
})
afterAll(() => server.close())

const warnings: string[] = []
function auth(options: Partial<BetterAuthOptions> = {}) {
  const log = { error: () => {}, warn: (_details: object, message: string) => void warnings.push(message) }
  const own = { db: database.db, url: 'http://127.0.0.1:8000', secret: TEST_SECRET, trustedOrigins: [], log }
  return betterAuthOn({ ...own, ...options })
}
const post = (path: string, payload: object) =>
  server.app.inject({
    method: 'POST',
    url: `/api/auth${path}`,
    headers: { authorization: `Bearer ${user.session}` },
    payload,
  })
const get = (path: string) =>
  server.app.inject({ url: `/api/auth${path}`, headers: { authorization: `Bearer ${user.session}` } })

test('what protects sign-in depends on no environment: its origins are checked, and its limits are ours', () => {
  expect(auth().options).toMatchObject({
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: { disableOriginCheck: false, disableCSRFCheck: false, useSecureCookies: false },
  })
  expect(auth({ url: 'https://t.example/tasks' }).options).toMatchObject({
    baseURL: 'https://t.example',
    basePath: '/api/auth',
    advanced: { useSecureCookies: true },
  })
})

test('what Better Auth logs is a warning of ours', () => {
  const { logger } = auth().options
  expect(logger.level).toBe('error')
  logger.log('error', 'something failed')
  expect(warnings).toEqual(['sign-in: something failed'])
})

test('a key that signs tokens is replaced after 30 days', async () => {
  const [key] = await database.db.jwks.findMany({ orderBy: { createdAt: 'desc' } })
  expect(Number(key?.expiresAt) - Number(key?.createdAt)).toBeCloseTo(30 * 86_400_000, -4)
})

test('a token is valid for a quarter of an hour', () => {
  const claims = JSON.parse(Buffer.from(user.token.split('.')[1] ?? '', 'base64url').toString())
  expect(claims.exp - claims.iat).toBe(900)
  expect(claims).toMatchObject({ iss: 'http://127.0.0.1:8000', aud: 'http://127.0.0.1:8000', sub: user.id })
})

test('what was encrypted with a secret can be read while it is any of the former ones', async () => {
  const other = await testDatabase()
  const secrets = ['first', 'second', 'third'].map((name) => `${name} ${TEST_SECRET}`)
  const [first = '', second = '', third = ''] = secrets
  const keys = async (secret: string, former: string[]) => {
    const env = { [former.length === 0 ? 'BETTER_AUTH_SECRET' : 'BETTER_AUTH_SECRETS']: [secret, ...former].join() }
    const one = await signInServer({ database: other, env })
    await one.newUser()
    await one.close()
    return other.db.jwks.count()
  }
  expect(await keys(first, [])).toBe(1)
  expect(await keys(second, [first])).toBe(1)
  await other.db.jwks.deleteMany({})
  expect(await keys(second, [first])).toBe(1)
  expect(await keys(third, [second, first])).toBe(1)
  expect(await keys(third, [first])).toBe(2)
  await other.close()
})

test('a key of the scope write is read, changed and deleted by its id alone', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'w', configId: 'write' })
  expect((await get(`/api-key/get?id=${id}`)).json()).toMatchObject({ id, name: 'w' })
  expect((await post('/api-key/update', { keyId: id, name: 'renamed' })).json()).toMatchObject({ name: 'renamed' })
  const owner = await server.signIn.apiKey(key)
  const row = await database.db.apikey.findUniqueOrThrow({ where: { id } })
  expect(owner).toMatchObject({
    user_id: user.id,
    kind: 'api_key',
    scope: 'write',
    actor: `key:${id}`,
    email: user.email,
    expires_at: Math.floor(Number(row.expiresAt) / 1000),
  })
  expect((await post('/api-key/delete', { keyId: id })).statusCode).toBe(200)
  expect(await server.signIn.apiKey(key)).toBe('api_key_invalid')
})

test('a key that never expires is valid without an end', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'w', configId: 'read' })
  await database.db.apikey.update({ where: { id }, data: { expiresAt: null } })
  expect(await server.signIn.apiKey(key)).toMatchObject({ scope: 'read', expires_at: null })
})

test('the name of a key has a limit', async () => {
  const create = (length: number) => post('/api-key/create', { name: 'k'.repeat(length), configId: 'read' })
  const { limits } = await import('@taskwire/api')
  expect((await create(limits.apiKeyNameLength)).statusCode).toBe(200)
  expect((await create(limits.apiKeyNameLength + 1)).statusCode).toBe(400)
})

test('a name of 200 characters is accepted, and one that is longer is not, also where it is changed', async () => {
  expect((await post('/update-user', { name: 'n'.repeat(200) })).statusCode).toBe(200)
  expect((await post('/update-user', { name: 'n'.repeat(201) })).json()).toMatchObject({ code: 'NAME_TOO_LONG' })
  expect((await post('/update-user', { image: null })).statusCode).toBe(200)
})
