import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

const OLD = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
const NEW = 'Zx9Kq2Lm7Vb4Nc1Rt8Wp5Ys3Df6Gh0Ju'
const OTHER = 'Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv'

let database: TestDatabase
const servers: SignInServer[] = []
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await database.close()
})

async function serverWith(env: Record<string, string>): Promise<SignInServer> {
  const server = await signInServer({ database, env })
  servers.push(server)
  return server
}

/** The servers before, during and after the change of the secret. */
async function change(env: Record<string, string> = {}) {
  return {
    before: await serverWith({ ...env, BETTER_AUTH_SECRET: OLD }),
    during: await serverWith({ ...env, BETTER_AUTH_SECRETS: `${NEW},${OTHER},${OLD}` }),
    after: await serverWith({ ...env, BETTER_AUTH_SECRET: NEW }),
  }
}

/** The `Set-Cookie` lines of a response. */
function setCookies({ headers }: { headers: { 'set-cookie'?: string | string[] | undefined } }): string[] {
  return [headers['set-cookie'] ?? []].flat()
}

/** The header that a browser sends after these lines. */
function sent(lines: readonly string[]): string {
  return lines.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

/** The lines that keep a new user signed in. */
async function signedIn(server: SignInServer, rememberMe = true): Promise<string[]> {
  const { email } = await server.newUser()
  const payload = { email, password: 'correct horse battery', rememberMe }
  return setCookies(await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload }))
}

function ask({ app }: SignInServer, cookie: string, path = 'get-session') {
  return app.inject({ url: `/api/auth/${path}`, headers: { cookie } })
}

const session = { session: expect.anything(), user: expect.anything() }
const withoutValues = (lines: readonly string[]) => lines.map((line) => line.replace(/=[^;]*/, ''))

test.each([
  ['remembered', {}, true],
  ['of one session of the browser', {}, false],
  ['behind https', { BETTER_AUTH_URL: 'https://tasks.example' }, true],
])('a browser stays signed in while the secret changes: a cookie %s', async (_what, env, rememberMe) => {
  const { before, during, after } = await change(env)
  const old = await signedIn(before, rememberMe)
  const reloaded = await ask(during, `theme=dark; ${sent(old)}`)
  expect(reloaded.json()).toMatchObject(session)
  const renewed = setCookies(reloaded)
  expect(withoutValues(renewed)).toEqual(withoutValues(old))
  expect((await ask(after, sent(renewed))).json()).toMatchObject(session)
  expect((await ask(after, sent(old))).json()).toBeNull()
  const again = await ask(during, sent(renewed))
  expect([again.json(), setCookies(again)]).toEqual([expect.objectContaining(session), []])
})

test.each([
  ['one of a secret that is not in the list', (cookie: string) => cookie],
  ['one that cannot be decoded', () => 'better-auth.session_token=%'],
  ['one without a signature', () => 'better-auth.session_token=abc'],
])('a cookie is refused as before: %s', async (_what, cookieOf) => {
  const stranger = await serverWith({ BETTER_AUTH_SECRET: 'Mn7Op8Qr9St0UvAb1Cd2Ef3Gh4Ij5Kl6' })
  const { during } = await change()
  const { headers, body } = await ask(during, cookieOf(sent(await signedIn(stranger))))
  expect([body, headers['set-cookie']]).toEqual(['null', undefined])
})

test('a sign-out with a former cookie ends the session, and the cookie is not sent back', async () => {
  const { before, during } = await change()
  const cookie = sent(await signedIn(before))
  const headers = { cookie, origin: 'http://127.0.0.1:8000' }
  const signOut = await during.app.inject({ method: 'POST', url: '/api/auth/sign-out', headers, payload: {} })
  const lines = setCookies(signOut).filter((line) => line.startsWith('better-auth.session_token='))
  expect(lines).toEqual([expect.stringMatching(/^better-auth\.session_token=; Max-Age=0;/)])
  expect((await ask(before, cookie)).json()).toBeNull()
})

test('the public keys, which may be cached, come without a cookie', async () => {
  const { before, during } = await change()
  const { statusCode, headers } = await ask(during, sent(await signedIn(before)), 'jwks')
  expect([statusCode, headers['set-cookie']]).toEqual([200, undefined])
})
