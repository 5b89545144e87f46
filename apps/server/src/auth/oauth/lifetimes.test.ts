import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'
import { accessTokens } from './access_token.ts'
import { purgeGrants } from './purge_grants.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const DAY_MS = 86_400_000
const URL_OF_OURS = 'http://127.0.0.1:8000'
const post = (path: string, session: string, payload: object) =>
  server.app.inject({
    method: 'POST',
    url: `/api/auth/oauth2/${path}`,
    headers: { authorization: `Bearer ${session}` },
    payload,
  })
const statusOf = async (token: string) =>
  (await server.app.inject({ url: '/auth/me', headers: { authorization: `Bearer ${token}` } })).statusCode
/** What a process that has not seen a token before says of it. */
const freshly = (token: string) => accessTokens(server.database.sql, URL_OF_OURS).principal(token)

test('an access token lasts an hour, a refresh token 30 days, and its answer is repeated for 30 s', async () => {
  const { id, session } = await server.newUser()
  const client = oauthClient(server)
  const { client_id, tokens } = await client.connected(session)
  expect(tokens).toMatchObject({ expires_in: 3600 })
  await client.refresh(tokens.refresh_token, client_id)
  const { db } = server.database
  const [spent, next] = await db.oauthRefreshToken.findMany({ where: { userId: id }, orderBy: { createdAt: 'asc' } })
  const seconds = (from: Date | null | undefined, to: Date | null | undefined) =>
    Math.round((Number(to) - Number(from)) / 1000)
  expect(seconds(next?.createdAt, next?.expiresAt)).toBe(30 * 86_400)
  expect(seconds(spent?.rotatedAt, spent?.rotationReplayExpiresAt)).toBe(30)
  const issued = await db.oauthAccessToken.findFirstOrThrow({ where: { userId: id } })
  const principal = await freshly(tokens.access_token)
  expect(principal).toMatchObject({ user_id: id, kind: 'oauth', scope: 'write', actor: `client:${client_id}` })
  expect(Reflect.get(Object(principal), 'expires_at')).toBeCloseTo(Number(issued.expiresAt) / 1000, 2)
})

test('a client that is disabled has no access', async () => {
  const { session } = await server.newUser()
  const { client_id, tokens } = await oauthClient(server).connected(session)
  const disable = (disabled: boolean) =>
    server.database.db.oauthClient.update({ where: { clientId: client_id }, data: { disabled } })
  await disable(true)
  expect(await freshly(tokens.access_token)).toBe('token_expired')
  await disable(false)
  expect(await freshly(tokens.access_token)).toMatchObject({ scope: 'write' })
})

test('who narrows or ends the access of a client that others use does so for themselves alone', async () => {
  const [ann, ben] = [await server.newUser(), await server.newUser()]
  const client = oauthClient(server)
  const client_id = await client.newClient()
  const [one, other] = [await access(ann.session), await access(ben.session)]
  const consent = { where: { userId: ann.id } }
  await server.database.db.oauthConsent.updateMany({ ...consent, data: { scopes: ['tasks:read'] } })
  expect([await freshly(one), await freshly(other)]).toMatchObject([{ scope: 'read' }, { scope: 'write' }])
  await server.database.db.oauthConsent.deleteMany(consent)
  expect(await freshly(one)).toBe('token_expired')
  expect(await freshly(other)).toMatchObject({ user_id: ben.id })

  async function access(session: string): Promise<string> {
    const back = await client.granted(session, { client_id })
    const answer = await client.exchange(String(back.searchParams.get('code')), { client_id })
    return answer.json<TokenAnswer>().access_token
  }
})

test('consent to one client is none to another', async () => {
  const { id, session } = await server.newUser()
  const one = await oauthClient(server).connected(session)
  await oauthClient(server).connected(session)
  await server.database.db.oauthConsent.deleteMany({ where: { userId: id, clientId: one.client_id } })
  expect(await freshly(one.tokens.access_token)).toBe('token_expired')
})

test('what a user changes of the access of a client has its effect here at once', async () => {
  const { session, id } = await server.newUser()
  const client = oauthClient(server)
  const { client_id, tokens } = await client.connected(session)
  const write = async () => {
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const answer = await server.app.inject({
      method: 'POST',
      url: `/api/${id}/tasks`,
      headers,
      payload: { title: 'x' },
    })
    return answer.statusCode
  }
  const { id: consent } = await server.database.db.oauthConsent.findFirstOrThrow({ where: { clientId: client_id } })
  expect(await write()).toBe(201)
  await post('update-consent', session, { id: consent, update: { scopes: ['tasks:read'] } })
  expect(await write()).toBe(403)
  await post('update-consent', session, { id: consent, update: { scopes: ['tasks:read', 'tasks:write'] } })
  expect(await write()).toBe(201)
  await post('delete-consent', session, { id: consent })
  expect(await write()).toBe(401)
})

test('a token that its client gives back has no effect here at once', async () => {
  const { session } = await server.newUser()
  const { client_id, tokens } = await oauthClient(server).connected(session)
  expect(await statusOf(tokens.access_token)).toBe(200)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams({ token: tokens.access_token, client_id }).toString()
  await server.app.inject({ method: 'POST', url: '/api/auth/oauth2/revoke', headers, payload })
  expect(await statusOf(tokens.access_token)).toBe(401)
})

test('a client that was never allowed anything is kept for 30 days', async () => {
  const { db } = server.database
  const clientId = await oauthClient(server).newClient()
  const left = () => db.oauthClient.count({ where: { clientId } })
  await purgeGrants(db, Date.now() + 29.9 * DAY_MS)
  expect(await left()).toBe(1)
  await purgeGrants(db, Date.now() + 30.1 * DAY_MS)
  expect(await left()).toBe(0)
})

test('one-time values and assertions of clients are kept for a day after their end', async () => {
  const { db } = server.database
  await db.oauthClientAssertion.deleteMany({})
  await db.verification.deleteMany({})
  const now = Date.now()
  for (const [id, age] of [
    ['late', 23],
    ['gone', 25],
  ] as const) {
    const expiresAt = new Date(now - age * 3_600_000)
    await db.oauthClientAssertion.create({ data: { id, expiresAt } })
    await db.verification.create({ data: { id, identifier: id, value: 'x', expiresAt } })
  }
  await purgeGrants(db, now)
  const ids = [await db.oauthClientAssertion.findMany({}), await db.verification.findMany({})]
  expect(ids.map((rows) => rows.map(({ id }) => id))).toEqual([['late'], ['late']])
})
