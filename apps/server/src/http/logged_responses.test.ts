import Fastify, { type FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { openLog } from '../process/log.ts'
import { isSignIn, logResponses } from './request_log.ts'

/** The lines that are logged of these requests, each with its message and route. */
async function logged(slowMs: number, ...urls: string[]) {
  const lines: { msg: string; route: string | null; level: string }[] = []
  const log = openLog({ LOG_LEVEL: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const app = Fastify()
  logResponses(app, { log, slowMs })
  app.get('/tasks/:id', () => 'x')
  app.get('/health/ready', () => 'x')
  app.get('/events', (_request, reply) => reply.type('text/event-stream; charset=utf-8').send('data: 1\n\n'))
  for (const url of urls) await app.inject({ url })
  await app.close()
  return lines.map(({ msg, route }) => [msg, route])
}

test('a response is one line with its route, and one of a health check none, however long it takes', async () => {
  expect(await logged(60_000, '/tasks/7?token=x', '/health/ready', '/healthy')).toEqual([
    ['request completed', '/tasks/:id'],
    ['request completed', null],
  ])
  expect(await logged(-1, '/health/ready')).toEqual([])
})

test('a response that takes longer than allowed is a warning as well, and a stream of events is not slow', async () => {
  expect(await logged(-1, '/tasks/7', '/events')).toEqual([
    ['request completed', '/tasks/:id'],
    ['slow request', '/tasks/:id'],
    ['request completed', '/events'],
  ])
})

test.each([
  ['POST', '/api/auth/sign-in/email', true],
  ['POST', '/api/auth/sign-in/email/', true],
  ['POST', '/api/auth/sign-in/email?x=1', true],
  ['POST', '/api/auth/sign-in/emails', false],
  ['POST', '/x/api/auth/sign-in/email', false],
  ['POST', '/api/auth/sign-up/email', false],
  ['GET', '/api/auth/sign-in/email', false],
])('%s %s gives a password: %s', (method, url, expected) => {
  expect(isSignIn({ method, url } as FastifyRequest)).toBe(expected)
})
