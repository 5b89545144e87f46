import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { fastify, type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sendError } from '../http/error_response.ts'
import { TEST_SECRET } from '../../testing/sign_in_server.ts'
import { betterAuthOn } from './better_auth.ts'
import { signInBridge } from './bridge.ts'

// What the bridge does around Better Auth's answer: opening it, counting attempts, and forgetting what has changed.

const URL_OF_OURS = 'http://127.0.0.1:8000'
const state = { opened: 0, cannotBeOpened: false, counted: [] as string[], isAllowed: true, changes: 0 }

let database: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  Object.assign(state, { opened: 0, cannotBeOpened: false, counted: [], isAllowed: true, changes: 0 })
  app = fastify()
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  await app.register(
    signInBridge({
      url: URL_OF_OURS,
      readsClientDocuments: false,
      changed: () => void state.changes++,
      async open() {
        state.opened++
        if (state.cannotBeOpened) throw new Error('the module cannot be loaded')
        const log = { error: () => {}, warn: () => {} }
        return betterAuthOn({ db: database.db, url: URL_OF_OURS, secret: TEST_SECRET, trustedOrigins: [], log })
      },
      async countAttempt(of, key) {
        state.counted.push(`${of} ${key}`)
        return { allowed: state.isAllowed, limit: 3, remaining: 0, reset: 7, window: 60 }
      },
    }),
  )
})

const post = (path: string, payload: object = {}) =>
  app.inject({ method: 'POST', url: `/api/auth${path}`, payload, remoteAddress: '2001:db8::1' })
const get = (path: string) => app.inject({ url: `/api/auth${path}` })

test('Better Auth is opened by the first request, and once', async () => {
  expect(state.opened).toBe(0)
  await Promise.all([get('/jwks'), get('/get-session')])
  await get('/jwks')
  expect(state.opened).toBe(1)
})

test('what could not be opened is opened again by the next request', async () => {
  state.cannotBeOpened = true
  expect((await get('/jwks')).json()).toMatchObject({ code: 'internal_error' })
  state.cannotBeOpened = false
  expect((await get('/jwks')).statusCode).toBe(200)
  expect(state.opened).toBe(2)
})

test.each([
  '/sign-in/email',
  '/sign-up/email',
  '/verify-password',
  '/change-password',
  '/reset-password',
  '/request-password-reset',
  '/change-email',
  '/delete-user',
  '/send-verification-email',
  '/oauth2/register',
  '/oauth2/token',
  '/oauth2/revoke',
  '/oauth2/authorize',
])('a POST to %s is counted by the network of its address, once', async (path) => {
  const answer = await post(path)
  expect(state.counted).toEqual(['sign-in 2001:db8:0:0::/64'])
  expect(answer.headers['ratelimit']).toBe('"sign-in";r=0;t=7')
})

test('of requests by GET only authorizations are counted', async () => {
  await get('/oauth2/authorize?client_id=x')
  expect(state.counted).toHaveLength(1)
  for (const path of ['/verify-email?token=x', '/reset-password/x?callbackURL=/', '/jwks']) await get(path)
  expect(state.counted).toHaveLength(1)
})

test.each(['/sign-out', '/update-user', '/oauth2/consent', '/api-key/create', '/sign-inx', '/oauth2/tokens'])(
  'a POST to %s is not counted',
  async (path) => {
    await post(path)
    expect(state.counted).toEqual([])
  },
)

test('who is over the limit is refused before Better Auth is asked, or even opened', async () => {
  state.isAllowed = false
  const answer = await post('/sign-up/email', { name: 'A', email: 'over@example.com', password: 'correct horse' })
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '7'])
  expect([state.opened, await database.db.user.count({ where: { email: 'over@example.com' } })]).toEqual([0, 0])
})

test.each([
  '/api-key/create',
  '/api-key/update',
  '/api-key/delete',
  '/delete-user',
  '/sign-out',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/change-password',
  '/reset-password',
  '/oauth2/revoke',
  '/oauth2/token',
  '/oauth2/consent',
  '/oauth2/delete-consent',
  '/oauth2/update-consent',
])('after a POST to %s what is cached of tokens and keys is forgotten', async (path) => {
  await post(path)
  expect(state.changes).toBe(1)
})

test('with a slash at its end a path is the same', async () => {
  const authorization = await get('/oauth2/authorize/?response_type=code&client_id=unknown')
  expect(authorization.headers).toMatchObject({
    ratelimit: '"sign-in";r=0;t=7',
    location: expect.stringMatching(/#\/connect$/),
  })
  await post('/oauth2/revoke/')
  expect(state).toMatchObject({ counted: { length: 2 }, changes: 1 })
  expect((await get('/jwks/')).headers['cache-control']).toBe((await get('/jwks')).headers['cache-control'])
})

test('nothing is forgotten for what changes no access, or only reads', async () => {
  for (const path of ['/sign-in/email', '/sign-up/email', '/update-user', '/oauth2/register']) await post(path)
  for (const path of ['/api-key/list', '/get-session', '/oauth2/get-consents']) await get(path)
  expect(state.changes).toBe(0)
})
