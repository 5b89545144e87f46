import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { openDatabase } from '@taskwire/db'
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** Another process on the same database. */
async function replica(): Promise<SignInServer> {
  const database = openDatabase({ url: server.database.url, poolMax: 5, waitMs: 60_000 })
  const other = await signInServer({ database: { ...database, url: server.database.url } })
  open.push(async () => {
    await other.close()
    await database.close()
  })
  return other
}

async function tokenOf({ app }: SignInServer, session: string): Promise<string> {
  const answer = await app.inject({ url: '/api/auth/token', headers: { authorization: `Bearer ${session}` } })
  return answer.json<{ token: string }>().token
}

test('a token that we issue has no claims about its user but sub, email and name, and names its session', async () => {
  const { id, email, token } = await server.newUser()
  expect(await server.caller(token).viewer.get({})).toEqual({ id, email, name: 'Test User' })
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(Object.keys(Object(payload)).toSorted()).toEqual(['aud', 'email', 'exp', 'iat', 'iss', 'name', 'sid', 'sub'])
})

test('two replicas that create the first key at once both verify both tokens', async () => {
  const other = await replica()
  const { session } = await server.newUser()
  await server.database.db.jwks.deleteMany({})
  const [first, second] = await Promise.all([tokenOf(server, session), tokenOf(other, session)])
  for (const token of [first, second]) {
    for (const process of [server, other]) await expect(process.caller(token).viewer.get({})).resolves.toBeDefined()
  }
})

test('keys rotate without a restart, and no request with a valid token fails meanwhile', async () => {
  const other = await replica()
  const { session, token: before } = await server.newUser()
  const failures: unknown[] = []
  let rotating = true
  let latest = before
  const traffic = Array.from({ length: 8 }, async () => {
    while (rotating) {
      // Cached tokens need no I/O: without this the requests would block everything else.
      await setImmediate()
      for (const token of [before, latest]) {
        await other
          .caller(token)
          .viewer.get({})
          .catch((error) => failures.push(error))
      }
    }
  })
  const kids = new Set<string | undefined>()
  for (let round = 0; round < 5; round++) {
    await server.database.db.jwks.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } })
    latest = await tokenOf(server, session)
    kids.add(decodeProtectedHeader(latest).kid)
    await other.caller(latest).viewer.get({})
  }
  rotating = false
  await Promise.all(traffic)
  expect(failures).toEqual([])
  expect(kids.size).toBe(5)
})

test('replicas with different secrets, as during a rotation of the secret, sign with their own keys and verify all', async () => {
  const env = { BETTER_AUTH_SECRET: 'r4nd0m-and-another-one-of-32-characters' }
  const changed = await signInServer({ env, database: server.database })
  open.push(() => changed.close())
  const tokens: string[] = []
  for (const process of [server, changed, server, changed]) tokens.push((await process.newUser()).token)
  const kids = tokens.map((token) => decodeProtectedHeader(token).kid)
  expect(kids[0]).not.toBe(kids[1])
  expect(kids.slice(2)).toEqual(kids.slice(0, 2))
  for (const token of tokens) {
    for (const process of [server, changed]) await expect(process.caller(token).viewer.get({})).resolves.toBeDefined()
  }
  const published = (await changed.app.inject({ url: '/api/auth/jwks' })).json<{ keys: { kid: string }[] }>()
  expect(published.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids))
})

test('while the database is unavailable, a token whose key is not cached is 503 and not 401', async () => {
  const { session, token } = await server.newUser()
  const database = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1 })
  const away = await signInServer({ database: { ...database, url: '' } })
  open.push(async () => {
    await away.close()
    await database.close()
  })
  await expect(away.caller(token).viewer.get({})).rejects.toMatchObject({ reason: 'database_unavailable' })
  const answer = await away.app.inject({ url: '/api/auth/token', headers: { authorization: `Bearer ${session}` } })
  expect(answer.statusCode).toBe(503)
  const payload = { name: 'x', email: 'x@example.com', password: 'correct horse battery' }
  const signUp = await away.app.inject({ method: 'POST', url: '/api/auth/sign-up/email', payload })
  expect(signUp.json()).toMatchObject({ code: 'database_unavailable' })
})

function sign(key: CryptoKey, kid: string, claims: object = {}, alg = 'ES256'): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ sub: 'external', iss: 'https://id.example', aud: 'taskwire', exp: now + 600, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(key)
}

/** An external issuer over real HTTP. */
async function issuer() {
  const state = { keys: [] as JWK[], fetches: 0, status: 200, hangs: false, redirects: false }
  const http: Server = createServer((request, response) => {
    state.fetches++
    if (state.hangs) return
    if (state.redirects && request.url === '/jwks')
      return void response.writeHead(302, { location: '/elsewhere' }).end()
    response.writeHead(state.status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: state.keys }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const close = () => {
    http.closeAllConnections()
    return new Promise((resolve) => http.close(resolve))
  }
  open.push(close)
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`

  async function newKey(kid: string, alg = 'ES256'): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    state.keys.push({ ...(await exportJWK(publicKey)), kid, alg })
    return privateKey
  }
  const env = { AUTH_JWKS_URL: url, AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'taskwire' }
  const trusting = await signInServer({ env, database: server.database })
  open.push(() => trusting.close())
  return { state, newKey, sign, close, trusting, viewer: (token: string) => trusting.caller(token).viewer.get({}) }
}

test.each(['ES256', 'RS256', 'EdDSA'])('an external issuer may sign with %s', async (alg) => {
  const { newKey, sign, viewer } = await issuer()
  const key = await newKey('a', alg)
  expect(await viewer(await sign(key, 'a', {}, alg))).toEqual({ id: 'external', email: null, name: null })
})

test("an external issuer's audience is checked, and its keys cannot sign for other issuers", async () => {
  const { newKey, sign, viewer } = await issuer()
  const key = await newKey('a')
  await expect(viewer(await sign(key, 'a', { aud: 'another' }))).rejects.toMatchObject({
    reason: 'token_audience_mismatch',
  })
  await expect(viewer(await sign(key, 'a', { aud: ['x', 'taskwire'] }))).resolves.toBeDefined()
  await expect(viewer(await sign(key, 'a', { iss: 'https://id.example/' }))).rejects.toMatchObject({
    reason: 'token_issuer_mismatch',
  })
  const ours = { iss: 'http://127.0.0.1:8000', aud: 'http://127.0.0.1:8000' }
  await expect(viewer(await sign(key, 'a', ours))).rejects.toMatchObject({ reason: 'token_key_unknown' })
})

test('keys behind a redirect of the external issuer are not trusted', async () => {
  const { state, newKey, sign, viewer } = await issuer()
  const key = await newKey('a')
  state.redirects = true
  await expect(viewer(await sign(key, 'a'))).rejects.toMatchObject({ reason: 'token_key_unknown' })
  expect(state.fetches).toBe(1)
})

test('an external key rotation takes effect at once', async () => {
  const { state, newKey, sign, viewer } = await issuer()
  const first = await newKey('a')
  await viewer(await sign(first, 'a'))
  const second = await newKey('b')
  await expect(viewer(await sign(second, 'b'))).resolves.toBeDefined()
  await expect(viewer(await sign(first, 'a', { sub: 'again' }))).resolves.toBeDefined()
  expect(state.fetches).toBe(2)
})

test('any number of unknown key ids costs one fetch per cool-down', async () => {
  const { state, newKey, sign, viewer } = await issuer()
  const key = await newKey('a')
  await viewer(await sign(key, 'a'))
  const tokens = await Promise.all(Array.from({ length: 30 }, (_, number) => sign(key, `unknown-${number}`)))
  for (const token of tokens) await expect(viewer(token)).rejects.toMatchObject({ reason: 'token_key_unknown' })
  expect(state.fetches).toBe(2)
})

test('while an external issuer is down, hangs or fails, tokens of known keys are accepted and others rejected', async () => {
  const { state, newKey, sign, viewer, close } = await issuer()
  const key = await newKey('a')
  await viewer(await sign(key, 'a'))
  state.hangs = true
  const meanwhile = await sign(key, 'a', { sub: 'meanwhile' })
  const order: string[] = []
  const slow = expect(viewer(await sign(key, 'unknown')).finally(() => order.push('unknown'))).rejects.toMatchObject({
    reason: 'token_key_unknown',
  })
  await expect(viewer(meanwhile).finally(() => order.push('known'))).resolves.toMatchObject({ id: 'meanwhile' })
  await slow
  expect(order).toEqual(['known', 'unknown'])
  await close()
  await expect(viewer(await sign(key, 'a', { sub: 'down' }))).resolves.toMatchObject({ id: 'down' })
})

test('an external issuer that never responds costs one fetch per cool-down', async () => {
  const { state, newKey, sign, viewer, trusting } = await issuer()
  const key = await newKey('a')
  state.status = 500
  for (const sub of ['a', 'b', 'c']) {
    await expect(viewer(await sign(key, 'a', { sub }))).rejects.toMatchObject({ reason: 'token_key_unknown' })
  }
  expect(state.fetches).toBe(1)
  expect(trusting.logged.map(({ message }) => message)).toEqual(['the keys of AUTH_JWKS_URL cannot be read'])
})
