import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signInRoutes, type SignInRoute } from '../../testing/matrix/sign_in_requests.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
let routes: SignInRoute[]
beforeAll(async () => {
  server = await signInServer({ env: { RATE_LIMIT_AUTH: '1000000' } })
  const { betterAuthOn } = await import('./better_auth.ts')
  const log = { error: () => {}, warn: () => {} }
  const options = {
    db: server.database.db,
    url: 'http://127.0.0.1:8000',
    secret: 'x'.repeat(32),
    trustedOrigins: [],
    log,
  }
  routes = signInRoutes(betterAuthOn(options).api)
})
afterAll(() => server.close())

async function request(method: 'GET' | 'POST', url: string, payload?: string, headers: Record<string, string> = {}) {
  const type = payload === undefined ? {} : { 'content-type': 'application/json' }
  const sent = payload === undefined ? {} : { payload }
  return server.app.inject({ method, url, headers: { ...type, ...headers }, ...sent })
}

const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels)
const arrays = nested('[', ']', 30_000)
const BODIES = [
  '',
  '{}',
  '[]',
  'null',
  '1',
  '"x"',
  '{',
  '{"__proto__":{"email":"x"}}',
  arrays,
  nested('{"a":', '1}', 9_000).replace('1', '{}'),
  `{"email":${arrays},"password":"x"}`,
  '{"email":"nobody@example.com","password":"correct horse","name":"x"}',
  '{"provider":"google","callbackURL":"/","token":"x","newPassword":"correct horse","newEmail":"a@example.com"}',
  '{"email":{"contains":""},"password":{"not":""},"name":{"in":[]},"token":{"gt":""},"provider":{},"keyId":{}}',
  `{"email":"${'a'.repeat(60_000)}@example.com","password":"correct horse","name":"x"}`,
  `{"email":"long@example.com","password":"${'p'.repeat(60_000)}","name":"x"}`,
]
const QUERIES = [
  '',
  '?callbackURL=',
  '?callbackURL=/',
  '?token=x&callbackURL=/&code=x&state=y&error=z',
  '?callbackURL=http://evil.example/',
  '?callbackURL=%00',
  '?token=a&token=b&callbackURL=/&callbackURL=/x',
  '?%',
  `?token=${'x'.repeat(8000)}`,
]
const COOKIES = [
  'better-auth.session_token=%',
  'better-auth.session_token=x.y',
  `better-auth.session_token=${'x'.repeat(8000)}`,
]

describe('no anonymous request has an answer of 500 or above', () => {
  test('whatever the route, body and query', async () => {
    expect(routes.length).toBeGreaterThan(35)
    const failed: string[] = []
    for (const { path, methods } of routes) {
      for (const method of ['GET', 'POST'] as const) {
        const url = `/api/auth${path.replace(/:\w+/g, 'x')}`
        const bodies = method === 'POST' && methods.includes('POST') ? BODIES : [undefined]
        for (const body of bodies)
          for (const query of body === undefined ? QUERIES : ['', QUERIES[2] ?? '']) {
            const answer = await request(method, url + query, body)
            if (answer.statusCode >= 500)
              failed.push(`${method} ${url}${query} ${body?.slice(0, 40)}: ${answer.statusCode}`)
          }
        for (const cookie of COOKIES) {
          const answer = await request(method, url, method === 'POST' ? '{}' : undefined, {
            cookie,
            origin: 'http://127.0.0.1:8000',
          })
          if (answer.statusCode >= 500) failed.push(`${method} ${url} ${cookie.slice(0, 40)}: ${answer.statusCode}`)
        }
      }
    }
    expect(failed).toEqual([])
  })

  test.each(['/api/ann/tasks', '/trpc/task.create', '/mcp'])('nested arrays at %s', async (url) => {
    expect((await request('POST', url, arrays)).statusCode).toBe(401)
  })
})

test.each([
  ['GET', '/callback/x', 302],
  ['GET', '/callback/google?code=x&state=y', 302],
  ['GET', '/reset-password/x?callbackURL=/', 302],
  ['GET', '/verify-email?token=x&callbackURL=/', 302],
] as const)('%s /api/auth%s redirects as Better Auth says', async (method, path, status) => {
  const answer = await request(method, `/api/auth${path}`)
  expect(answer.statusCode).toBe(status)
  expect(answer.headers.location).toMatch(/^(\/|http:\/\/127\.0\.0\.1:8000\/)/)
})

test.each(['/api-key/get?id=a%00b', '/reset-password/%00?callbackURL=/', '/verify-email?token=%00'])(
  'a NUL in the URL is refused: %s',
  async (path) => {
    const answer = await request('GET', `/api/auth${path}`)
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ detail: [{ type: 'invalid_string', loc: ['query'] }] })
  },
)

test('a body with more than 32 levels is refused', async () => {
  const answer = await request('POST', '/api/auth/sign-in/email', arrays)
  expect(answer.statusCode).toBe(422)
  expect(answer.json()).toMatchObject({ code: 'validation_failed', detail: [{ type: 'too_deep', loc: ['body'] }] })
})
