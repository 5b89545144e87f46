import { fastify, type InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import { recordRequests } from '../http/request_record.ts'
import { measureRequests } from './measure_requests.ts'
import { createMetrics, type RequestSample, type SignInResult } from './metrics.ts'

/** What is measured of a request to which a server with our routes answers with this status. */
async function measured(sent: InjectOptions, status = 200, operations: string[] = []) {
  const samples: RequestSample[] = []
  const signIns: SignInResult[] = []
  const app = fastify()
  recordRequests(app)
  measureRequests(app, {
    ...createMetrics(),
    observeRequest: (sample) => void samples.push(sample),
    countSignIn: (result) => void signIns.push(result),
  })
  for (const url of ['/trpc/:path', '/mcp', '/api/auth/*', '/api/:user_id/tasks', '/auth/me', '/health']) {
    app.all(url, async (request, reply) => {
      request.record?.operations.push(...operations)
      return reply.code(status).send('')
    })
  }
  await app.inject(sent)
  const [{ seconds: _, ...labels } = { seconds: undefined }] = samples
  return { labels, signIns }
}

test.each([
  ['/api/ann/tasks?x=1', { route: '/api/:user_id/tasks', transport: 'rest' }],
  ['/auth/me', { route: '/auth/me', transport: 'rest' }],
  ['/api/auth/token', { route: '/api/auth/*', transport: 'auth' }],
  ['/mcp', { route: '/mcp', transport: 'mcp' }],
  ['/health', { route: '/health', transport: 'other' }],
  ['/nothing/of/ann', { route: 'unknown', transport: 'other', status: 404 }],
])('a request to %s counts as %j', async (url, labels) => {
  expect((await measured({ url })).labels).toEqual({ method: 'GET', status: 200, ...labels })
})

test.each([
  [[], 'unknown'],
  [['task.list'], '/trpc/task.list'],
  [['task.list', 'task.get'], '/trpc/batch'],
])('the procedures %j of tRPC are the route %s', async (operations, route) => {
  const { labels } = await measured({ url: '/trpc/whatever' }, 200, operations)
  expect(labels).toMatchObject({ route, transport: 'trpc' })
})

test('a method that a client made up is no label', async () => {
  const { labels } = await measured({ method: 'PROPFIND', url: '/health' })
  expect(labels).toMatchObject({ method: 'other' })
})

test('a time is in seconds', async () => {
  const app = fastify()
  const seconds: number[] = []
  measureRequests(app, { ...createMetrics(), observeRequest: (sample) => void seconds.push(sample.seconds) })
  app.addHook('onResponse', (_request, reply, next) => {
    seconds.push(reply.elapsedTime / 1000)
    next()
  })
  app.get('/', () => '')
  await app.inject({ url: '/' })
  const [measuredSeconds = 0, later = 0] = seconds
  expect(measuredSeconds).toBeGreaterThan(0)
  // Milliseconds would be more, however long the second look took.
  expect(measuredSeconds).toBeLessThanOrEqual(later)
})

test.each([
  [200, 'succeeded'],
  [302, 'succeeded'],
  [401, 'failed'],
  [429, 'limited'],
  [400, 'error'],
  [503, 'error'],
] as const)('a sign-in that is answered with %i %s', async (status, result) => {
  const sign = { method: 'POST', url: '/api/auth/sign-in/email?x=1' } as const
  expect((await measured(sign, status)).signIns).toEqual([result])
})

test.each([
  ['GET', '/api/auth/sign-in/email'],
  ['POST', '/api/auth/sign-in/emails'],
  ['POST', '/api/auth/sign-up/email'],
] as const)('%s %s is no sign-in', async (method, url) => {
  expect((await measured({ method, url })).signIns).toEqual([])
})
