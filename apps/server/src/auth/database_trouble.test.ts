import { openDatabase } from '@taskwire/db'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { POSTGRES_ERRORS, TcpProxy } from '@taskwire/faults'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let database: TestDatabase
let proxy: TcpProxy
let server: SignInServer
let cookie: string
let email: string
const password = 'correct horse battery'
beforeAll(async () => {
  database = await testDatabase()
  proxy = await TcpProxy.inFrontOf(database.url)
  server = await serverBehindProxy()
  const user = await server.newUser()
  email = user.email
  const signIn = await post('/sign-in/email', { email, password })
  cookie = signIn.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
})
afterAll(async () => {
  await closed(server)
  await proxy[Symbol.asyncDispose]()
  await database.close()
})

function serverBehindProxy(): Promise<SignInServer> {
  const url = proxy.through(database.url)
  return signInServer({ database: { ...openDatabase({ url, poolMax: 10, waitMs: 60_000 }), url } })
}

async function closed(open: SignInServer): Promise<void> {
  await open.close()
  await open.database.close()
}

const origin = 'http://127.0.0.1:8000'
const get = (path: string) => server.app.inject({ url: `/api/auth${path}`, headers: { cookie } })
const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  server.app.inject({ method: 'POST', url: `/api/auth${path}`, payload, headers })

const ERRORS = ['statement_timeout', 'pooler_lost_server', 'admin_shutdown', 'disk_full'] as const
const SESSION_READERS = ['/token', '/get-session', '/list-sessions', '/api-key/list']

test.each(ERRORS.flatMap((name) => SESSION_READERS.map((path) => [name, path] as const)))(
  'a valid session is 503 and not 401 when reading it fails with %s: %s',
  async (name, path) => {
    const fault = proxy.inject({ ...POSTGRES_ERRORS[name], matching: /"session"/, times: Infinity })
    const answer = await get(path)
    fault.remove()
    expect(fault.hits).toBeGreaterThan(0)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^(overloaded|database_unavailable)$/) })
    expect((await get(path)).statusCode).toBe(200)
  },
)

test.each([
  ['the user', /"user"/, '/sign-in/email'],
  ['the password', /"account"/, '/sign-in/email'],
  ['the new session', /INSERT.*"session"/s, '/sign-in/email'],
  ['the new user', /INSERT.*"user"/s, '/sign-up/email'],
])('signing in or up is 503 when %s cannot be read or written', async (_what, matching, path) => {
  const fault = proxy.inject({ ...POSTGRES_ERRORS.pooler_lost_server, matching, times: Infinity })
  const person = path === '/sign-up/email' ? { name: 'New', email: 'new@example.com', password } : { email, password }
  const answer = await post(path, person)
  fault.remove()
  expect(fault.hits).toBeGreaterThan(0)
  expect(answer.statusCode).toBe(503)
})

test('signing out is 503 while the session cannot be ended, and the session goes on', async () => {
  const fault = proxy.inject({ ...POSTGRES_ERRORS.statement_timeout, matching: /DELETE.*"session"/s, times: Infinity })
  const answer = await post('/sign-out', {}, { cookie, origin })
  fault.remove()
  expect(fault.hits).toBeGreaterThan(0)
  expect(answer.statusCode).toBe(503)
  expect((await get('/token')).statusCode).toBe(200)
})

test('a failure while the first request opens Better Auth is 503 for that one alone', async () => {
  const fresh = await serverBehindProxy()
  onTestFinished(() => closed(fresh))
  const token = () => fresh.app.inject({ url: '/api/auth/token', headers: { cookie } })
  const fault = proxy.inject({ ...POSTGRES_ERRORS.pooler_lost_server, matching: /"oauthResource"/, times: Infinity })
  const answers = await Promise.all([token(), fresh.app.inject({ url: '/api/auth/jwks' })])
  fault.remove()
  expect(fault.hits).toBeGreaterThan(0)
  for (const answer of answers) {
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ code: 'database_unavailable' })
  }
  expect((await token()).statusCode).toBe(200)
})

test('who has no session is 401, and a key that is refused as a duplicate is no failure of the database', async () => {
  expect((await server.app.inject({ url: '/api/auth/token' })).statusCode).toBe(401)
  expect((await post('/sign-up/email', { name: 'Again', email, password })).statusCode).toBe(422)
})
