import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appRouter, operations, type Operation } from '@taskwire/api'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { forgedTokens, type ForgedToken } from '../../testing/forged_tokens.ts'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'

const url = 'http://127.0.0.1:8000'
const secret = new TextEncoder().encode(TEST_SECRET)
const all = operations(appRouter)

let server: SignInServer
let tokens: ForgedToken[]
let requestsOut = 0
const countRequest = () => void requestsOut++
const OUTGOING = ['undici:request:create', 'http.client.request.start']

beforeAll(async () => {
  server = await signInServer()
  const pair = await generateKeyPair('EdDSA', { extractable: true })
  const publicKey = JSON.stringify(await exportJWK(pair.publicKey))
  const kid = 'key-of-the-tests'
  const row = { id: kid, publicKey, privateKey: '"encrypted"', createdAt: new Date(0), alg: 'EdDSA', crv: 'Ed25519' }
  await server.database.db.jwks.create({ data: row })
  const own = { ...pair, kid }
  tokens = await forgedTokens({ secret, own, url })
  // Without a valid token that is accepted, the rejections would prove nothing.
  const now = Math.floor(Date.now() / 1000)
  const right = new SignJWT({ sub: 'alice', iss: url, aud: url, exp: now + 3600 }).setProtectedHeader({
    alg: 'EdDSA',
    kid,
  })
  expect(await server.caller(await right.sign(pair.privateKey)).viewer.get({})).toMatchObject({ id: 'alice' })
  for (const channel of OUTGOING) subscribe(channel, countRequest)
})
afterAll(async () => {
  for (const channel of OUTGOING) unsubscribe(channel, countRequest)
  await server.close()
})

const errorBody = (reason: string) => ({ detail: 'Invalid token', code: reason, request_id: expect.any(String) })

function restRequest({ rest }: Operation) {
  const path = rest?.path.replace(/\{user_id\}/g, 'alice').replace(/\{\w+\}/g, '1')
  return rest === undefined || path === undefined ? undefined : { method: rest.methods[0] ?? 'GET', url: path }
}

test('the table has at least 60 distinct tokens', () => {
  expect(tokens.length).toBeGreaterThanOrEqual(60)
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length)
})

test.each(all.map((operation) => [operation.name, operation] as const))(
  '%s rejects every forged token, called directly and over REST',
  async (_name, operation) => {
    const wrong: unknown[] = []
    for (const { what, token, reason } of tokens) {
      const ctx = { services: server.services, via: 'trpc' as const, request_id: 'test', token }
      const outcome: unknown = await operation
        .run(ctx, {})
        .catch((error: unknown) => Reflect.get(Object(error), 'reason'))
      if (outcome !== reason) wrong.push({ what, outcome, reason })
      const request = restRequest(operation)
      if (request === undefined) continue
      const answer = await server.app.inject({ ...request, headers: { authorization: `Bearer ${token}` } })
      expect({ what, status: answer.statusCode, ...answer.json<object>() }).toEqual({
        what,
        status: 401,
        ...errorBody(reason),
      })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    expect(wrong).toEqual([])
  },
)

test('tRPC and MCP reject every forged token', async () => {
  for (const { what, token, reason } of tokens) {
    const headers = { authorization: `Bearer ${token}` }
    const query = await server.app.inject({ url: '/trpc/viewer.get', headers })
    const mutation = await server.app.inject({ method: 'POST', url: '/trpc/task.create', headers, payload: {} })
    for (const answer of [query, mutation]) {
      expect({ what, status: answer.statusCode, ...answer.json<object>() }).toMatchObject({
        what,
        status: 401,
        error: { message: 'Invalid token', data: { code: 'UNAUTHORIZED', reason } },
      })
    }
    const payload = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
    const accept = 'application/json, text/event-stream'
    const mcp = await server.app.inject({ method: 'POST', url: '/mcp', headers: { ...headers, accept }, payload })
    expect({ what, status: mcp.statusCode, ...mcp.json<object>() }).toEqual({ what, status: 401, ...errorBody(reason) })
  }
})

test('no forged token caused an outgoing request or a log line', () => {
  expect(requestsOut).toBe(0)
  expect(server.logged).toEqual([])
})

test.each([
  ['no header', undefined],
  ['an empty token', 'Bearer '],
  ['another scheme', 'Basic YWxpY2U6c2VjcmV0'],
  ['a token without a scheme', 'abc'],
])('%s is not authenticated', async (_what, authorization) => {
  const headers = authorization === undefined ? {} : { authorization }
  const answer = await server.app.inject({ url: '/auth/me', headers })
  expect(answer.statusCode).toBe(401)
  expect(answer.json()).toMatchObject({ detail: 'Not authenticated', code: 'not_authenticated' })
})

test.each([
  ['exp', -4],
  ['exp', 1],
  ['nbf', 4],
  ['iat', 4],
])('a clock that is off by seconds is tolerated: %s %i s from now', async (claim, seconds) => {
  // The clock stands still: a busy machine may need more time than is left of the tolerance.
  const now = Math.floor(Date.now() / 1000)
  vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
  onTestFinished(() => void vi.useRealTimers())
  const claims = { sub: 'alice', exp: now + 60, [claim]: now + seconds }
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)
  await expect(server.caller(token).viewer.get({})).resolves.toMatchObject({ id: 'alice' })
})

test('the scheme is case-insensitive, and HS256 tokens may have any issuer and userId instead of sub', async () => {
  const claims = { userId: 'old-front-end', iss: 'whoever', aud: 'whoever', exp: Math.floor(Date.now() / 1000) + 60 }
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)
  for (const scheme of ['bearer', 'BEARER', 'Bearer']) {
    const answer = await server.app.inject({ url: '/auth/me', headers: { authorization: `${scheme} ${token}` } })
    expect(answer.json()).toEqual({ id: 'old-front-end', email: null, name: null })
  }
})

test('headers above 16 KB are 431 with our error body', async () => {
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${address}/auth/me`, { headers: { authorization: `Bearer ${'a'.repeat(20_000)}` } })
  expect(answer.status).toBe(431)
  expect(await answer.json()).toMatchObject({ code: 'headers_too_large', request_id: expect.any(String) })
})
