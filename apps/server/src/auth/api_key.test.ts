import { appRouter, operations } from '@taskwire/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { betterAuthOn } from './better_auth.ts'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
let user: Awaited<ReturnType<SignInServer['newUser']>>
beforeAll(async () => {
  server = await signInServer()
  user = await server.newUser()
})
afterAll(() => server.close())

const post = (path: string, payload: object) =>
  server.app.inject({
    method: 'POST',
    url: `/api/auth/api-key/${path}`,
    headers: { authorization: `Bearer ${user.session}` },
    payload,
  })

test('a key of scope write acts as its user over every transport', async () => {
  const { key } = await server.newKey(user.session, { name: 'script', configId: 'write' })
  expect(key).toMatch(/^tw_[A-Za-z]{64}$/)
  expect(await server.caller(key).viewer.get({})).toEqual({ id: user.id, email: user.email, name: 'Test User' })
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/${user.id}/tasks`,
    headers: { authorization: `Bearer ${key}` },
    payload: { title: 'by key' },
  })
  expect(answer.statusCode).toBe(201)
})

test.each(operations(appRouter).map((operation) => [operation.name, operation] as const))(
  'a key of scope read may call %s only if it does not write',
  async (_name, operation) => {
    const { key } = await server.newKey(user.session, { name: 'reader', configId: 'read' })
    const ctx = { services: server.services, via: 'rest' as const, request_id: 'test', token: key }
    // A subscription would wait for changes.
    const signal = operation.type === 'subscription' ? AbortSignal.abort() : undefined
    const outcome = await operation.run(ctx, {}, signal).then(
      () => 'answered',
      (error: unknown) => String(Reflect.get(Object(error), 'reason')),
    )
    if (operation.type === 'mutation') expect(outcome).toBe('scope_insufficient')
    else expect(['answered', 'validation_failed']).toContain(outcome)
  },
)

test('a write with a read-only key over REST is scope_insufficient', async () => {
  const { key } = await server.newKey(user.session, { name: 'reader', configId: 'read' })
  const headers = { authorization: `Bearer ${key}` }
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/${user.id}/tasks`,
    headers,
    payload: { title: 'x' },
  })
  expect(answer.statusCode).toBe(403)
  expect(answer.json()).toMatchObject({ code: 'scope_insufficient', detail: 'Forbidden: read-only key' })
})

test('a key is stored as a hash, and using it writes no row and has no rate limit of its own', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'k', configId: 'write' })
  const stored = () => server.database.db.apikey.findUnique({ where: { id } })
  const before = await stored()
  expect(JSON.stringify(before)).not.toContain(key.slice(10))
  for (let call = 0; call < 15; call++) await server.caller(key).viewer.get({})
  expect(await stored()).toEqual(before)
})

test('a deleted key stops working at once on this replica, and soon on others', async () => {
  const elsewhere = await signInServer({ database: server.database })
  try {
    const { id, key } = await server.newKey(user.session, { name: 'k', configId: 'read' })
    await server.caller(key).viewer.get({})
    await elsewhere.caller(key).viewer.get({})
    expect((await post('delete', { keyId: id })).statusCode).toBe(200)
    await expect(server.caller(key).viewer.get({})).rejects.toMatchObject({ reason: 'api_key_invalid' })
    await expect
      .poll(() =>
        elsewhere
          .caller(key)
          .viewer.get({})
          .catch((error) => error),
      )
      .toMatchObject({ reason: 'api_key_invalid' })
  } finally {
    await elsewhere.close()
  }
})

test('an open stream ends once its key is revoked', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'stream', configId: 'read' })
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${address}/api/${user.id}/events`, { headers: { authorization: `Bearer ${key}` } })
  expect(response.status).toBe(200)
  expect((await post('delete', { keyId: id })).statusCode).toBe(200)
  const text = await response.text()
  expect(text).toContain('retry:')
})

test('a disabled key is rejected until it is enabled again', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'k', configId: 'read' })
  expect((await post('update', { keyId: id, enabled: false })).statusCode).toBe(200)
  await expect(server.caller(key).viewer.get({})).rejects.toMatchObject({ reason: 'api_key_invalid' })
  expect((await post('update', { keyId: id, enabled: true })).statusCode).toBe(200)
  await expect(server.caller(key).viewer.get({})).resolves.toMatchObject({ id: user.id })
})

test('an expired key is reported as expired', async () => {
  const { id, key } = await server.newKey(user.session, { name: 'k', configId: 'read', expiresIn: 60 })
  await expect(server.caller(key).viewer.get({})).resolves.toBeDefined()
  await server.database.db.apikey.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } })
  await expect
    .poll(() =>
      server
        .caller(key)
        .viewer.get({})
        .catch((error) => error),
    )
    .toMatchObject({ reason: 'api_key_expired' })
})

test('an expired key is reported as expired for 30 days, even if other key routes are called', async () => {
  const late = await server.newKey(user.session, { name: 'late', configId: 'read', expiresIn: 60 })
  const gone = await server.newKey(user.session, { name: 'gone', configId: 'read', expiresIn: 60 })
  const expire = (id: string, days: number) =>
    server.database.db.apikey.update({ where: { id }, data: { expiresAt: new Date(Date.now() - days * 86_400_000) } })
  await Promise.all([expire(late.id, 29), expire(gone.id, 31)])
  // The plugin deletes expired keys on any key route, at most once in 10 s.
  const auth = betterAuthOn({
    db: server.database.db,
    url: 'http://127.0.0.1:8000',
    secret: TEST_SECRET,
    trustedOrigins: [],
    log: server.services.log,
  })
  expect(await auth.api.deleteAllExpiredApiKeys()).toEqual({ success: true, error: null })
  await expect(server.caller(late.key).viewer.get({})).rejects.toMatchObject({ reason: 'api_key_expired' })
  await expect(server.caller(gone.key).viewer.get({})).rejects.toMatchObject({ reason: 'api_key_invalid' })
})

function days(answer: { json(): { expiresAt: string } }): number {
  return Math.round((Date.parse(answer.json().expiresAt) - Date.now()) / 86_400_000)
}

test('keys expire in 90 days by default, and in a year at most', async () => {
  expect(days(await post('create', { name: 'k', configId: 'read' }))).toBe(90)
  expect(days(await post('create', { name: 'k', configId: 'read', expiresIn: 365 * 86_400 }))).toBe(365)
  expect((await post('create', { name: 'k', configId: 'read', expiresIn: 366 * 86_400 })).statusCode).toBe(400)
})

test.each([
  ['no scope', { name: 'k' }],
  ['an unknown scope', { name: 'k', configId: 'admin' }],
  ['a prefix of its own', { name: 'k', configId: 'read', prefix: 'mine_' }],
  ['permissions', { name: 'k', configId: 'read', permissions: { all: ['yes'] } }],
  ['another user as its owner', { name: 'k', configId: 'read', userId: 'alice' }],
  ['a NUL in its name', { name: 'a\0', configId: 'read' }],
])('a key with %s is not created', async (_what, payload) => {
  const before = await server.database.db.apikey.count()
  const answer = await post('create', payload)
  expect(answer.statusCode).toBeGreaterThanOrEqual(400)
  expect(answer.statusCode).toBeLessThan(500)
  expect(answer.json()).toMatchObject({ code: expect.any(String), request_id: expect.any(String) })
  expect(await server.database.db.apikey.count()).toBe(before)
})

test("another user's key cannot be read, changed or deleted", async () => {
  const stranger = await server.newUser()
  const { id } = await server.newKey(stranger.session, { name: 'theirs', configId: 'write' })
  expect((await post('delete', { keyId: id })).statusCode).toBe(404)
  expect((await post('update', { keyId: id, enabled: false })).statusCode).toBe(404)
  const url = `/api/auth/api-key/get?id=${id}`
  const read = await server.app.inject({ url, headers: { authorization: `Bearer ${user.session}` } })
  expect(read.statusCode).toBe(404)
  expect(await server.database.db.apikey.findUnique({ where: { id } })).toMatchObject({ enabled: true })
})

test('an API key gives no access to the sign-in routes', async () => {
  const { key } = await server.newKey(user.session, { name: 'k', configId: 'write' })
  for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]) {
    expect((await server.app.inject({ url: '/api/auth/token', headers })).statusCode).toBe(401)
    expect((await server.app.inject({ url: '/api/auth/api-key/list', headers })).statusCode).toBe(401)
  }
})
