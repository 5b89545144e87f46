import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
let lines: string[]
beforeAll(async () => {
  lines = []
  server = await signInServer({
    lines,
    env: { TRUST_PROXY: '127.0.0.1,10.0.0.0/8', CORS_ORIGINS: 'http://localhost:3000,https://*.pattern.example' },
  })
})
afterAll(() => server.close())

const password = 'correct horse battery'
let people = 0
const person = () => ({ name: 'Somebody', email: `somebody-${++people}@example.com`, password })

function signUp(payload: object = person(), headers: Record<string, string> = {}, on = server) {
  return on.app.inject({ method: 'POST', url: '/api/auth/sign-up/email', payload, headers })
}

async function cookieOf(on = server): Promise<string> {
  const answer = await signUp(person(), {}, on)
  return answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
}

describe('origins', () => {
  test.each([
    ['outside a browser', {}, 200],
    ["Node's fetch", { 'sec-fetch-mode': 'cors' }, 200],
    ['our own pages', { origin: 'http://127.0.0.1:8000', 'sec-fetch-site': 'same-origin' }, 200],
    ["our own pages under this machine's other name", { origin: 'http://localhost:8000' }, 200],
    ['pages of CORS_ORIGINS', { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }, 200],
    ['pages of another port', { origin: 'http://localhost:9999' }, 403],
    ['pages of a foreign origin', { origin: 'https://evil.example' }, 403],
    ['pages that a pattern in CORS_ORIGINS would match', { origin: 'https://evil.pattern.example' }, 403],
    ['pages that hide their origin', { origin: 'null' }, 403],
    ['foreign pages that hide their origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    [
      'a foreign page that sends its own name as the host',
      { host: 'evil.example', origin: 'https://evil.example' },
      403,
    ],
  ])('signing up from %s is %i', async (_who, headers, status) => {
    expect((await signUp(person(), headers)).statusCode).toBe(status)
  })

  test.each([
    ['our own origin', { origin: 'http://127.0.0.1:8000' }, 200],
    ['an origin of CORS_ORIGINS', { origin: 'http://localhost:3000' }, 200],
    ['no origin', {}, 403],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['a foreign referer', { referer: 'https://evil.example/page' }, 403],
  ])('a write with the cookie from %s is %i', async (_what, headers, status) => {
    const cookie = await cookieOf()
    const url = '/api/auth/api-key/create'
    const payload = { name: 'k', configId: 'read' }
    const answer = await server.app.inject({ method: 'POST', url, payload, headers: { cookie, ...headers } })
    expect(answer.statusCode).toBe(status)
  })

  test('the cookie gives no access to the API', async () => {
    const cookie = await cookieOf()
    const answer = await server.app.inject({ url: '/auth/me', headers: { cookie } })
    expect(answer.json()).toMatchObject({ detail: 'Not authenticated', code: 'not_authenticated' })
  })
})

describe('cookies', () => {
  test('are HttpOnly and SameSite, and not Secure on plain http', async () => {
    const [cookie] = (await signUp()).cookies
    expect(cookie).toMatchObject({ name: 'better-auth.session_token', httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(cookie).not.toHaveProperty('secure')
  })

  test('are Secure behind https, whatever the request says of itself, and browsers stay with https', async () => {
    const secure = await signInServer({ env: { BETTER_AUTH_URL: 'https://tasks.example' }, database: server.database })
    try {
      const { cookies, headers } = await signUp(person(), {}, secure)
      const [cookie] = cookies
      expect(headers['strict-transport-security']).toBe('max-age=31536000')
      expect(cookie).toMatchObject({ name: '__Secure-better-auth.session_token', secure: true, httpOnly: true })
    } finally {
      await secure.close()
    }
  })
})

describe('errors of sign-in', () => {
  const post = (url: string, body: string, type = 'application/json') =>
    server.app.inject({ method: 'POST', url, body, headers: { 'content-type': type } })

  test.each([
    ['a wrong password', '{"email":"nobody@example.com","password":"not the one"}', 401, 'INVALID_EMAIL_OR_PASSWORD'],
    ['a missing field', '{"email":"nobody@example.com"}', 400, 'VALIDATION_ERROR'],
    ['malformed JSON', '{"email"', 422, 'malformed_json'],
    ['a NUL', '{"email":"a@example.com","password":"\\u0000"}', 422, 'validation_failed'],
    ['a lone surrogate', '{"email":"a@example.com","password":"\\ud800"}', 422, 'validation_failed'],
    ['too long a body', `{"email":"${'a'.repeat(70_000)}"}`, 413, 'payload_too_large'],
  ])('%s', async (_what, body, status, code) => {
    const answer = await post('/api/auth/sign-in/email', body)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ code, detail: expect.anything(), request_id: answer.headers['x-request-id'] })
  })

  test('a form is refused', async () => {
    const answer = await post('/api/auth/sign-in/email', 'email=a', 'application/x-www-form-urlencoded')
    expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' })
  })

  test('an unknown path is 404, a wrong method 405', async () => {
    expect((await server.app.inject({ url: '/api/auth/nothing' })).json()).toMatchObject({ code: 'not_found' })
    const put = await server.app.inject({ method: 'PUT', url: '/api/auth/token' })
    expect(put.json()).toMatchObject({ code: 'method_not_allowed' })
  })

  test('an e-mail address signs up once, in whatever letter case', async () => {
    const someone = person()
    expect((await signUp(someone)).statusCode).toBe(200)
    expect((await signUp({ ...someone, email: someone.email.toUpperCase() })).statusCode).toBe(422)
  })

  test.each([{ name: -1 }, { name: null }, { name: ['a'] }, { image: 1 }, { image: { url: '/' } }])(
    'a profile is not updated with %j',
    async (payload) => {
      const { session } = await server.newUser()
      const headers = { authorization: `Bearer ${session}` }
      const answer = await server.app.inject({ method: 'POST', url: '/api/auth/update-user', headers, payload })
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^INVALID_(NAME|IMAGE)$/) })
    },
  )

  test('a name that would not fit into a token is refused', async () => {
    expect((await signUp({ ...person(), name: 'n'.repeat(201) })).json()).toMatchObject({ code: 'NAME_TOO_LONG' })
  })
})

test("the client's address is the one that trusted proxies tell, and what clients claim themselves is dropped", async () => {
  const headers = { 'x-taskwire-client': '6.6.6.6', 'x-forwarded-for': '9.9.9.9, 203.0.113.7, 10.1.2.3' }
  const { user } = (await signUp(person(), headers)).json<{ user: { id: string } }>()
  const session = await server.database.db.session.findFirst({ where: { userId: user.id } })
  expect(session?.ipAddress).toBe('203.0.113.7')
})

test('answers that hold tokens may not be kept by caches, the public keys may', async () => {
  const { session } = await server.newUser()
  const headers = { authorization: `Bearer ${session}` }
  for (const url of ['/api/auth/token', '/api/auth/get-session']) {
    expect((await server.app.inject({ url, headers })).headers['cache-control']).toBe('no-store')
  }
  expect((await server.app.inject({ url: '/api/auth/jwks' })).headers['cache-control']).not.toBe('no-store')
})

test('the published keys hold nothing private', async () => {
  const { keys } = (await server.app.inject({ url: '/api/auth/jwks' })).json<{ keys: object[] }>()
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'x'])
})

test.each(['authority', 'Auth', 'auth@example.com', 'auth/token', '/api/auth', 'auth '])(
  'the user id %j is not taken for a path of sign-in',
  async (user) => {
    const answer = await server.app.inject({ url: `/api/${encodeURIComponent(user)}/tasks` })
    expect(answer.json()).toMatchObject({ code: 'not_authenticated' })
  },
)

test('no password, token or key is in the log', async () => {
  const { session, token } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'k', configId: 'read' })
  for (const secret of [session, token, key, `${key}x`]) {
    await server.app.inject({ url: `/auth/me?token=${secret}`, headers: { authorization: `Bearer ${secret}` } })
  }
  await signUp({ ...person(), password: 'short' })
  const written = lines.join('') + JSON.stringify(server.logged)
  expect(lines.length).toBeGreaterThan(10)
  for (const secret of [password, session, token, key, 'short']) expect(written).not.toContain(secret)
})
