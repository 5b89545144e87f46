import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { rateLimitHeaders, reportAllowance } from './rate_limit_headers.ts'

const allowance = { allowed: true, limit: 5, remaining: 4, reset: 60, window: 900 }

test('a caller is told its allowance, and when to come back only once it is refused', () => {
  expect(rateLimitHeaders('api', allowance)).toEqual({
    'ratelimit-policy': '"api";q=5;w=900',
    ratelimit: '"api";r=4;t=60',
  })
  const refused = { ...allowance, allowed: false, remaining: 0, reset: 7 }
  expect(rateLimitHeaders('x', refused)).toEqual({
    'ratelimit-policy': '"x";q=5;w=900',
    ratelimit: '"x";r=0;t=7',
    'retry-after': '7',
  })
})

test('an allowance that comes after the headers were sent is not told', async () => {
  const app = fastify()
  app.get('/', (_request, reply) => {
    reportAllowance(reply)(allowance)
    expect(reply.hasHeader('ratelimit')).toBe(true)
    reply.hijack()
    reply.raw.writeHead(200)
    reportAllowance(reply)({ ...allowance, remaining: 3 })
    reply.raw.end(String(reply.getHeader('ratelimit')))
  })
  expect((await app.inject({ url: '/' })).body).toBe('"api";r=4;t=60')
})
