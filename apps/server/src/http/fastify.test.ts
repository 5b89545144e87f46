import { expect, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { openLog } from '../process/log.ts'
import { createFastify } from './fastify.ts'

function app(variables: Record<string, string> = {}) {
  return createFastify(envFrom(variables), openLog({ LOG_LEVEL: 'silent' }, { write: () => {} }))
}

test('a connection that sends slowly, or nothing, is given up, and an idle one is kept longer than proxies keep it', () => {
  const { server } = app()
  expect(server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 72_000 })
  // Whatever the limits are, Node looks at them no more often than this.
  expect(Reflect.get(server, 'connectionsCheckingInterval')).toBe(5000)
})

test('a forwarded address is believed only of the proxies that are configured', async () => {
  const addressOf = async (variables: Record<string, string>) => {
    const server = app(variables)
    server.get('/', ({ ip }) => ip)
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    return (await server.inject({ url: '/', headers, remoteAddress: '10.0.0.1' })).body
  }
  expect(await addressOf({})).toBe('10.0.0.1')
  expect(await addressOf({ TRUST_PROXY: '10.0.0.2' })).toBe('10.0.0.1')
  expect(await addressOf({ TRUST_PROXY: '10.0.0.1' })).toBe('203.0.113.7')
})

test('a path that cannot be decoded is refused with the headers of every response', async () => {
  const { statusCode, headers } = await app().inject({ url: '/%zz' })
  expect(statusCode).toBe(422)
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String) })
})

test('a body of 64 KB is read, and a longer one refused', async () => {
  const server = app()
  server.post('/', ({ body }) => String(body).length)
  const send = (payload: string) =>
    server.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': 'text/plain' } })
  expect((await send('x'.repeat(65_536))).body).toBe('65536')
  expect((await send('x'.repeat(65_537))).statusCode).toBe(413)
})
