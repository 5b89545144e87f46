import { expect, test } from 'vitest'
import { fastify } from 'fastify'
import { envFrom } from '../config/env.ts'
import { isPreflight, responseHeaders } from './response_headers.ts'

const ORIGIN = 'https://app.example.com'

async function headersOf(url: string, sent: Record<string, string> = {}, variables: Record<string, string> = {}) {
  const app = fastify({ genReqId: () => 'the-id' })
  const setHeaders = responseHeaders(envFrom({ CORS_ORIGINS: ORIGIN, ...variables }))
  app.addHook('onRequest', (request, reply, next) => {
    setHeaders(request, reply)
    next()
  })
  app.options('/*', (request) => ({ isPreflight: isPreflight(request) }))
  const answer = await app.inject({ method: 'OPTIONS', url, headers: sent })
  return { ...answer.headers, isPreflight: answer.json<{ isPreflight: boolean }>().isPreflight }
}

test('a page runs nothing that is not from here, sends forms nowhere else, and is in no frame', async () => {
  const headers = await headersOf('/docs')
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'private, no-cache',
    vary: 'origin',
    'x-request-id': 'the-id',
  })
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
})

test.each(['/api/ann/tasks', '/trpc/task.list'])(
  'data loads nothing, and is kept by no shared cache: %s',
  async (url) => {
    expect(await headersOf(url)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    })
  },
)

test('browsers stay with https for a year, where that is what the server has', async () => {
  const sent = async (BETTER_AUTH_URL: string) =>
    (await headersOf('/', {}, { BETTER_AUTH_URL }))['strict-transport-security']
  expect(await sent('https://tasks.example.com')).toBe('max-age=31536000')
  expect(await sent('http://tasks.example.com')).toBeUndefined()
})

test('a preflight is answered for ten minutes', async () => {
  const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'x-own' }
  expect(await headersOf('/api/ann/tasks', { origin: ORIGIN, ...asked })).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': 'x-own',
    'access-control-max-age': '600',
    isPreflight: true,
  })
  const plain = await headersOf('/api/ann/tasks', { origin: ORIGIN })
  expect([plain.isPreflight, plain['access-control-max-age']]).toEqual([false, undefined])
  expect((await headersOf('/api/ann/tasks', asked)).isPreflight).toBe(false)
})

test.each(['/.well-known/oauth-protected-resource', '/api/auth/oauth2/token', '/api/auth/oauth2/register?x'])(
  'pages of any origin may call %s, without credentials',
  async (url) => {
    const foreign = await headersOf(url, { origin: 'https://other.example' })
    expect(foreign['access-control-allow-origin']).toBe('*')
    expect(foreign['access-control-allow-credentials']).toBeUndefined()
    expect(await headersOf(url, { origin: ORIGIN })).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
    })
  },
)

test.each(['/api/auth/oauth2/tokens', '/api/auth/oauth2/authorize', '/x/.well-known/oauth-x', '/api/auth/token'])(
  'pages of other origins may not call %s',
  async (url) => {
    const headers = await headersOf(url, { origin: 'https://other.example' })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  },
)
