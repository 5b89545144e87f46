import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'
import { authPaths } from './auth_paths.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)

type Documented = (typeof authPaths)[keyof typeof authPaths]

/** Sends what the document says, and checks that the answer is what it says. */
async function walk(
  path: keyof typeof authPaths,
  { body, headers }: { body?: object; headers?: Record<string, string> },
) {
  const documented: Documented = authPaths[path]
  const [method, operation] =
    'get' in documented ? (['GET', documented.get] as const) : (['POST', documented.post] as const)
  const answer = await server.app.inject({ method, url: path, headers: headers ?? {}, ...(body && { payload: body }) })
  expect(answer.statusCode, `${path}: ${answer.body}`).toBe(200)
  const fits = ajv.compile(operation.responses[200].content['application/json'].schema)
  expect(fits(answer.json()), `${path}: ${ajv.errorsText(fits.errors)} in ${answer.body}`).toBe(true)
  return answer
}

/** The token or key opens the API. */
async function me(token: string) {
  const headers = { authorization: `Bearer ${token}` }
  expect((await server.app.inject({ url: '/auth/me', headers })).json()).toMatchObject({ email: 'ann@example.com' })
}

test('the routes of sign-in lead from sign-up to a key, and answer as documented', async () => {
  const account = { name: 'Ann', email: 'ann@example.com', password: 'correct horse battery' }
  await walk('/api/auth/sign-up/email', { body: account })
  const { name: _, ...credentials } = account
  const [cookie = ''] = [(await walk('/api/auth/sign-in/email', { body: credentials })).headers['set-cookie']].flat()
  const [, name] = /^([^=]+)=/.exec(cookie) ?? []
  expect(name).toBe('better-auth.session_token')
  const headers = { cookie: cookie.replace(/;.*/, ''), origin: 'http://127.0.0.1:8000' }
  const { token } = (await walk('/api/auth/token', { headers })).json<{ token: string }>()
  await me(token)
  const body = { name: 'laptop', configId: 'write', expiresIn: 2_592_000 }
  const { id, key } = (await walk('/api/auth/api-key/create', { headers, body })).json<{ id: string; key: string }>()
  await me(key)
  await walk('/api/auth/api-key/list', { headers })
  await walk('/api/auth/api-key/delete', { headers, body: { keyId: id } })
  await walk('/api/auth/sign-out', { headers, body: {} })
})
