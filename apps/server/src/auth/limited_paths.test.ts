import { afterAll, beforeAll, expect, test } from 'vitest'
import { rawRequest } from '../../testing/raw_request.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

const email = 'ann@example.com'
const password = 'correct horse battery'

let server: SignInServer
let port: number
beforeAll(async () => {
  server = await signInServer({ env: { RATE_LIMIT_AUTH: '3' } })
  port = Number(new URL(await server.app.listen({ host: '127.0.0.1', port: 0 })).port)
  await rawRequest(port, 'POST /api/auth/sign-up/email', { name: 'Ann', email, password })
  for (let count = 0; count < 2; count++) await guess('/api/auth/sign-in/email', 'a wrong one')
  expect(await guess('/api/auth/sign-in/email', password)).toMatchObject({ status: 429 })
})
afterAll(() => server.close())

const guess = (target: string, guessed: string) => rawRequest(port, `POST ${target}`, { email, password: guessed })

const NORMALIZED = [
  '/./sign-in/email',
  '/x/../sign-in/email',
  '/%2e/sign-in/email',
  '/%2E/sign-in/email',
  '/sign-in/./email',
  '/x/%2E%2e/sign-in/email',
  '/%2e%2e/auth/sign-in/email',
  '/.%2e/auth/sign-in/email',
  '/sign-in/x/../email',
  '/x\\..\\sign-in/email',
  '/sign-in\\email',
  '\\sign-in/email',
  '/\\sign-in/email',
  '/sign-in/email/.',
].map((path) => `/api/auth${path}`)
const OTHER_PATHS = ['/api/%2E%2e/api/auth/sign-in/email', '/./api/auth/sign-in/email', '/api\\auth\\sign-in\\email']
const UNSERVED = [
  '/api/auth//sign-in/email',
  '/api/auth/sign-in%2Femail',
  '//api/auth/sign-in/email',
  '/API/auth/sign-in/email',
  '/api/auth//sign-in/email/',
]

test.each([...NORMALIZED, ...OTHER_PATHS, ...UNSERVED])(
  '%s is not found, with the right password too',
  async (path) => {
    for (const target of [path, `http://other.example${path}`, `${path}?x=/sign-in/email`]) {
      for (const guessed of ['a wrong one', 'another', password]) {
        const answer = await guess(target, guessed)
        expect(answer.status, target).toBe(404)
        expect(answer.text).toContain('"code":"not_found"')
        expect(answer.text).not.toContain('set-cookie')
      }
    }
  },
)

test.each([
  'http://127.0.0.1:8000/api/auth/sign-in/email',
  'http://other.example/api/auth/sign-in/email',
  'HTTPS://user@other.example:1/api/auth/sign-in/email?x',
  '/api/auth/sign-in/email/',
  '/api/auth/sign-in/email;x',
  '/api/auth/sign-in/email#x',
  '/api/auth/sign-in/email?/../x',
])('%s counts against the limit', async (target) => {
  expect(await guess(target, password)).toMatchObject({ status: 429 })
})

test.each(['/oauth2/authorize', '/oauth2/authorize/'])(
  'an authorization that is asked for at %s counts against the limit',
  async (path) => {
    expect(await rawRequest(port, `GET /api/auth${path}?response_type=code&client_id=x`)).toMatchObject({ status: 429 })
  },
)

const DOCUMENT = encodeURIComponent('https://app.example/client.json')

test.each([`client_id=${DOCUMENT}`, `client_id=x&client_id=${DOCUMENT}`])(
  'a client that is looked up by its document (%s) counts against the limit',
  async (query) => {
    const looked = await rawRequest(port, `GET /api/auth/oauth2/public-client?${query}`)
    expect(looked).toMatchObject({ status: 429 })
  },
)

test('a client that is looked up by another id does not count', async () => {
  const looked = await rawRequest(port, 'GET /api/auth/oauth2/public-client?client_id=x')
  expect(looked.status).toBe(401)
})

test.each([
  '/oauth2/authorize//',
  '/oauth2//authorize',
  '//oauth2/authorize/',
  '/oauth2/%61uthorize',
  '/oauth2/authorize/x',
])('no authorization is served at %s', async (path) => {
  const answer = await rawRequest(port, `GET /api/auth${path}?response_type=code&client_id=x`)
  expect(answer).toMatchObject({ status: 404, text: expect.stringContaining('"code":"not_found"') })
})

test.each([
  '/./health',
  '/api/../health',
  '/%2e/health',
  '/x/../openapi.json',
  '/mcp/.',
  '/docs/../docs',
  '/assets/%2e%2e/',
  '/api/ann/./tasks',
  '/%2e%2e/trpc/task.list',
  '/api\\ann\\tasks',
  '/api/../tasks',
  '/api/%2e%2e/tasks',
  '/api/./%zz',
])('%s is not found, before anybody is asked for a token', async (path) => {
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    const answer = await rawRequest(port, `${method} ${path}`)
    expect(answer.status).toBe(404)
    expect(answer.text).toContain('"code":"not_found"')
  }
})

test('an absolute target is served as its path', async () => {
  expect(await rawRequest(port, 'GET http://other.example/health')).toMatchObject({ status: 200 })
  expect(await rawRequest(port, 'GET http://other.example/api/ann/tasks')).toMatchObject({ status: 401 })
})

test.each([
  ['/verify-password', { password: 'a wrong one' }],
  ['/change-password', { currentPassword: 'a wrong one', newPassword: 'another password' }],
  ['/delete-user', { password: 'a wrong one' }],
  ['/change-email', { newEmail: 'b@example.com' }],
  ['/request-password-reset', { email }],
  ['/reset-password', { token: 'guessed', newPassword: 'another password' }],
  ['/oauth2/revoke', {}],
  ['/oauth2/revoke/', {}],
  ['/oauth2/public-client-prelogin', { client_id: 'https://app.example/client.json', oauth_query: 'x' }],
])('%s counts against the limit', async (path, payload) => {
  expect(await rawRequest(port, `POST /api/auth${path}`, payload)).toMatchObject({ status: 429 })
})
