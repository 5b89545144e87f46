import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer, type SignInServerOptions } from '../../testing/sign_in_server.ts'

let shared: SignInServer
const open: SignInServer[] = []
beforeAll(async () => {
  shared = await signInServer()
})
afterAll(async () => {
  for (const server of open) await server.close()
  await shared.close()
})

/** A separate process, because limits are counted per process. */
async function limited(env: SignInServerOptions['env']): Promise<SignInServer> {
  const server = await signInServer({ env: env ?? {}, database: shared.database })
  open.push(server)
  return server
}

const attempt = (server: SignInServer, remoteAddress: string, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    payload: { email: 'nobody@example.com', password: 'not the one' },
    remoteAddress,
    headers,
  })

test('sign-ins are limited per client address, and rotating X-Forwarded-For does not reset them', async () => {
  const server = await limited({ RATE_LIMIT_AUTH: '3' })
  for (let number = 0; number < 3; number++) {
    const answer = await attempt(server, '198.51.100.1', { 'x-forwarded-for': `203.0.113.${number}` })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers).toMatchObject({
      'ratelimit-policy': '"sign-in";q=3;w=60',
      ratelimit: expect.stringContaining(`"sign-in";r=${2 - number};t=`),
    })
  }
  for (const name of ['x-forwarded-for', 'x-real-ip', 'x-taskwire-client', 'forwarded']) {
    const refused = await attempt(server, '198.51.100.1', { [name]: '203.0.113.99' })
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ detail: 'Too many requests', code: 'rate_limited' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
  }
  const signUp = {
    method: 'POST',
    url: '/api/auth/sign-up/email/',
    payload: {},
    remoteAddress: '198.51.100.1',
  } as const
  expect((await server.app.inject(signUp)).statusCode).toBe(429)
  expect((await attempt(server, '198.51.100.2')).statusCode).toBe(401)
  const health = await server.app.inject({ url: '/health', remoteAddress: '198.51.100.1' })
  expect(health.statusCode).toBe(200)
})

test('a session keeps the address that its sign-in came from, whatever the client says', async () => {
  const { email, id } = await shared.newUser()
  const said = { 'x-taskwire-client': '203.0.113.99', 'x-forwarded-for': '203.0.113.99', 'x-real-ip': '203.0.113.99' }
  const answer = await shared.app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    payload: { email, password: 'correct horse battery' },
    remoteAddress: '198.51.100.7',
    headers: said,
  })
  expect(answer.statusCode).toBe(200)
  const sessions = await shared.database.db.session.findMany({ where: { userId: id }, select: { ipAddress: true } })
  expect(sessions.map(({ ipAddress }) => ipAddress)).toContain('198.51.100.7')
  expect(JSON.stringify(sessions)).not.toContain('203.0.113.99')
})

test('behind a trusted proxy each client has a count of its own', async () => {
  const server = await limited({ RATE_LIMIT_AUTH: '1', TRUST_PROXY: '10.0.0.0/8' })
  const from = (client: string) => attempt(server, '10.0.0.1', { 'x-forwarded-for': client })
  expect((await from('203.0.113.1')).statusCode).toBe(401)
  expect((await from('203.0.113.1')).statusCode).toBe(429)
  expect((await from('6.6.6.6, 203.0.113.1')).statusCode).toBe(429)
  expect((await from('203.0.113.2')).statusCode).toBe(401)
})

test('the addresses of one IPv6 network share a count', async () => {
  const server = await limited({ RATE_LIMIT_AUTH: '1' })
  expect((await attempt(server, '2001:db8:1:2::1')).statusCode).toBe(401)
  expect((await attempt(server, '2001:db8:1:2:ffff::1')).statusCode).toBe(429)
  expect((await attempt(server, '2001:db8:1:3::1')).statusCode).toBe(401)
})

test('calls are limited per user across all transports and tokens, and responses report the allowance', async () => {
  const server = await limited({ RATE_LIMIT_API: '5' })
  const user = await shared.newUser()
  const other = await shared.newUser()
  const { key } = await shared.newKey(user.session, { name: 'k', configId: 'write' })
  const me = (token: string) => server.app.inject({ url: '/auth/me', headers: { authorization: `Bearer ${token}` } })

  const first = await me(user.token)
  expect(first.headers).toMatchObject({ 'ratelimit-policy': '"api";q=5;w=60', ratelimit: '"api";r=4;t=60' })
  const batch = encodeURIComponent(JSON.stringify({ 0: {}, 1: {}, 2: {} }))
  const trpc = await server.app.inject({
    url: `/trpc/viewer.get,viewer.get,viewer.get?batch=1&input=${batch}`,
    headers: { authorization: `Bearer ${key}` },
  })
  expect(trpc.statusCode).toBe(200)
  expect(trpc.headers['ratelimit']).toMatch(/^"api";r=1;/)
  expect((await me(key)).statusCode).toBe(200)

  const refused = await me(user.token)
  expect(refused.statusCode).toBe(429)
  expect(refused.json()).toMatchObject({ detail: 'Too many requests', code: 'rate_limited' })
  expect(refused.headers).toMatchObject({
    'retry-after': expect.stringMatching(/^\d+$/),
    ratelimit: expect.stringMatching(/r=0/),
  })
  const mcp = await server.app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { authorization: `Bearer ${key}`, accept: 'application/json, text/event-stream' },
    payload: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_tasks', arguments: {} } },
  })
  expect(mcp.body).toContain('rate_limited')

  expect((await me(other.token)).statusCode).toBe(200)
  expect((await server.app.inject({ url: '/health/ready' })).statusCode).toBe(200)
})

test('only the calls of a batch that exceed the limit fail', async () => {
  const server = await limited({ RATE_LIMIT_API: '2' })
  const { token } = await shared.newUser()
  const batch = encodeURIComponent(JSON.stringify({ 0: {}, 1: {}, 2: {} }))
  const answer = await server.app.inject({
    url: `/trpc/viewer.get,viewer.get,viewer.get?batch=1&input=${batch}`,
    headers: { authorization: `Bearer ${token}` },
  })
  expect(answer.statusCode).toBe(207)
  const reasons = answer.json<{ error?: { data: { reason: string } } }[]>().map(({ error }) => error?.data.reason)
  // They run concurrently, so their order is undefined.
  expect(reasons.filter((reason) => reason === undefined)).toHaveLength(2)
  expect(reasons.filter((reason) => reason === 'rate_limited')).toHaveLength(1)
})

test('a list without limit counts as one call, however many pages the server reads', async () => {
  const server = await limited({ RATE_LIMIT_API: '2' })
  const { id, token } = await shared.newUser()
  await shared.database.db.task.createMany({
    data: Array.from({ length: 450 }, (_, number) => ({ user_id: id, title: `task ${number}` })),
  })
  const headers = { authorization: `Bearer ${token}` }
  const answer = await server.app.inject({ url: `/api/${id}/tasks`, headers })
  expect(answer.json<unknown[]>()).toHaveLength(450)
  expect(answer.headers['ratelimit']).toMatch(/r=1/)
})

test('without RATE_LIMIT_API calls are not counted', async () => {
  const { token } = await shared.newUser()
  const answer = await shared.app.inject({ url: '/auth/me', headers: { authorization: `Bearer ${token}` } })
  expect(answer.headers).not.toHaveProperty('ratelimit')
})
