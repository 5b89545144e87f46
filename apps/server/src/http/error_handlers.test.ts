import { ApiError } from '@taskwire/api'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { openLog } from '../process/log.ts'
import { handleErrors, handleNotFound } from './error_handlers.ts'
import { trackPaths } from './known_paths.ts'

function appWith(handler: () => unknown) {
  const lines: string[] = []
  const log = openLog({ LOG_LEVEL: 'info' }, { write: (line) => void lines.push(line) })
  const app = fastify({ genReqId: () => 'the-id' })
  const methodsOf = trackPaths(app)
  handleErrors(app, { env: envFrom({}), log })
  handleNotFound(app, methodsOf)
  app.get('/', handler)
  app.post('/', handler)
  app.put('/files/*', handler)
  return { app, logged: () => lines.map((line) => JSON.parse(line)) }
}

test('an error that nobody foresaw is logged with its cause and the id that its caller gets', async () => {
  const { app, logged } = appWith(() => {
    throw new Error('the cause')
  })
  const answer = await app.inject({ url: '/' })
  expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([500, 'the-id'])
  expect(answer.json()).toMatchObject({ code: 'internal_error', request_id: 'the-id' })
  expect(answer.body).not.toContain('the cause')
  expect(logged()).toMatchObject([{ level: 'error', msg: 'unexpected error', request_id: 'the-id' }])
  expect(JSON.stringify(logged())).toContain('the cause')
})

test('an error of the caller is not logged', async () => {
  const { app, logged } = appWith(() => {
    throw new ApiError('task_not_found')
  })
  expect((await app.inject({ url: '/' })).statusCode).toBe(404)
  expect(logged()).toEqual([])
})

test('another method of a known path is 405 with those that it has, below a wildcard as well', async () => {
  const { app } = appWith(() => 'ok')
  const wrong = await app.inject({ method: 'DELETE', url: '/?x=1' })
  expect([wrong.statusCode, wrong.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
  const below = await app.inject({ url: '/files/a/b' })
  expect([below.statusCode, below.headers['allow']]).toEqual([405, 'OPTIONS, PUT'])
  const options = await app.inject({ method: 'OPTIONS', url: '/files/a' })
  expect([options.statusCode, options.headers['allow'], options.body]).toEqual([204, 'OPTIONS, PUT', ''])
  const unknown = await app.inject({ method: 'OPTIONS', url: '/nothing' })
  expect([unknown.statusCode, unknown.headers['allow']]).toEqual([404, undefined])
})
