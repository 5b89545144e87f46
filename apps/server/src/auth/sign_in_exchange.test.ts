import { fastify, type InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import { toApiError } from '../http/error_response.ts'
import { sendResponse, webRequest } from './sign_in_exchange.ts'

const ORIGIN = 'https://tasks.example'

/** What Better Auth gets of a request. */
async function forwarded({ url = '/api/auth/sign-in/email', ...sent }: InjectOptions) {
  const app = fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.all('/*', async (request) => {
    const received = webRequest(request, new URL(request.url, ORIGIN))
    const { method, headers } = received
    return { url: received.url, method, body: await received.text(), headers: Object.fromEntries(headers) }
  })
  const answer = await app.inject({ method: 'POST', url, ...sent })
  return answer.json<{ url: string; method: string; body: string; headers: Record<string, string> }>()
}

test('a request is forwarded with its method, query and body to the public URL', async () => {
  const headers = { 'content-type': 'text/plain', authorization: 'Bearer x' }
  const sent = await forwarded({ url: '/api/auth/sign-in/email?a=b', headers, payload: '{"email":"x"}' })
  expect(sent).toMatchObject({ url: `${ORIGIN}/api/auth/sign-in/email?a=b`, method: 'POST', body: '{"email":"x"}' })
  expect(sent.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer x' })
})

test('nothing that a client says of its address or its way here is forwarded', async () => {
  const claimed = {
    'x-taskwire-client': '6.6.6.6',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-real-ip': '6.6.6.6',
    forwarded: 'for=6.6.6.6',
  }
  const { headers } = await forwarded({ headers: claimed, remoteAddress: '203.0.113.7', payload: '{}' })
  expect(headers['x-taskwire-client']).toBe('203.0.113.7')
  expect(Object.keys(headers).filter((name) => /forwarded|real-ip|^host$|content-length/.test(name))).toEqual([])
})

test.each(['origin', 'referer', 'cookie', 'sec-fetch-site'])(
  'a request with %s gets no origin of ours',
  async (name) => {
    const { headers } = await forwarded({ headers: { [name]: 'https://evil.example' }, payload: '{}' })
    expect(headers['origin']).toBe(name === 'origin' ? 'https://evil.example' : undefined)
  },
)

test('a request that is of no browser gets our origin', async () => {
  const { headers } = await forwarded({ headers: { 'sec-fetch-mode': 'cors' }, payload: '{}' })
  expect(headers['origin']).toBe(ORIGIN)
})

test.each(['register', 'token', 'revoke'])('neither a session nor an origin counts at oauth2/%s', async (name) => {
  const browser = { origin: 'https://evil.example', referer: 'https://evil.example/', cookie: 'session=x' }
  const fetched = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
  const url = `/api/auth/oauth2/${name}`
  const { headers } = await forwarded({ url, headers: { ...browser, ...fetched }, payload: '{}' })
  expect(headers['origin']).toBe(ORIGIN)
  expect(['referer', 'cookie', ...Object.keys(fetched)].filter((each) => each in headers)).toEqual([])
})

test('a form stays a form, and an empty body is none', async () => {
  const type = 'application/x-www-form-urlencoded; charset=utf-8'
  const form = { url: '/api/auth/oauth2/token', headers: { 'content-type': type }, payload: 'a=b' }
  expect(await forwarded(form)).toMatchObject({ body: 'a=b', headers: { 'content-type': type } })
  const { body, headers } = await forwarded({ method: 'POST', payload: '' })
  expect([body, headers['content-type']]).toEqual(['', undefined])
})

/** What a client gets of Better Auth's response. */
async function sent(response: Response, before: Record<string, string> = {}) {
  const app = fastify({ genReqId: () => 'the-id' })
  app.setErrorHandler((error, _request, reply) => reply.code(599).send(toApiError(error).reason))
  app.get('/', (_request, reply) => sendResponse(response, reply.headers(before)))
  return app.inject({ url: '/' })
}

test('each cookie is a header of its own', async () => {
  const headers = new Headers({ location: '/next' })
  headers.append('set-cookie', 'a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT')
  headers.append('set-cookie', 'b=2')
  const answer = await sent(new Response(null, { status: 302, headers }))
  expect(answer.statusCode).toBe(302)
  expect(answer.headers['set-cookie']).toEqual(['a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'b=2'])
  expect(answer.headers['location']).toBe('/next')
})

test('pages may read the headers that we expose and those that Better Auth exposes', async () => {
  const response = new Response('{}', { headers: { 'access-control-expose-headers': 'set-auth-token' } })
  const answer = await sent(response, { 'access-control-expose-headers': 'ETag' })
  expect(answer.headers['access-control-expose-headers']).toBe('ETag, set-auth-token')
})

const json = (status: number, body: object) => Response.json(body, { status })

test.each([
  [401, 'not_authenticated'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
  [429, 'rate_limited'],
  [400, 'validation_failed'],
] as const)('an empty answer with %i is %s', async (status, code) => {
  expect(await sent(new Response(null, { status }))).toMatchObject({ statusCode: 599, body: code })
})

test('what Better Auth says of a failure of its own is not passed on', async () => {
  const failure = json(500, { code: 'FAILED', message: 'the secret is x' })
  expect(await sent(failure)).toMatchObject({ statusCode: 599, body: 'internal_error' })
})

test('an error keeps its code and message, and has the fields of ours', async () => {
  const answer = await sent(json(422, { code: 'USER_EXISTS', message: 'User exists', more: 1 }))
  expect(answer.statusCode).toBe(422)
  const own = { code: 'USER_EXISTS', message: 'User exists', more: 1 }
  expect(answer.json()).toEqual({ ...own, detail: 'User exists', request_id: 'the-id' })
  expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
  expect((await sent(json(400, { code: 'ONLY' }))).json()).toMatchObject({ detail: 'ONLY' })
})

test('an error of OAuth keeps its fields, and its detail is the description or the error', async () => {
  const described = { error: 'invalid_grant', error_description: 'invalid code' }
  expect((await sent(json(400, described))).json()).toEqual({
    ...described,
    detail: 'invalid code',
    request_id: 'the-id',
    code: 'validation_failed',
  })
  expect((await sent(json(401, { error: 'invalid_client' }))).json()).toEqual({
    error: 'invalid_client',
    detail: 'invalid_client',
    request_id: 'the-id',
    code: 'not_authenticated',
  })
})
