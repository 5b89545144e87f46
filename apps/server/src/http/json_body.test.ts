import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { sendError } from './error_response.ts'
import { EVERY_TYPE, isJson, readJsonBodies, type BodyUse } from './json_body.ts'

async function read(payload: string | Buffer, headers: Record<string, string> = {}, body?: BodyUse) {
  const app = fastify()
  readJsonBodies(app)
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  const config = body === undefined ? {} : { config: { body } }
  app.post('/', config, ({ body: sent }) => ({
    sent: Buffer.isBuffer(sent) ? { bytes: sent.toString('latin1') } : (sent ?? 'nothing'),
  }))
  const answer = await app.inject({ method: 'POST', url: '/', payload, headers })
  return answer.statusCode === 200 ? answer.json().sent : answer.json().code
}

const JSON_TYPE = { 'content-type': 'application/json' }

test('a body is JSON, also without a type or with one that ends in +json', async () => {
  const types = [{}, JSON_TYPE, { 'content-type': 'Application/JSON; charset=utf-8' }]
  for (const headers of [...types, { 'content-type': 'application/merge-patch+json' }]) {
    expect(await read('{"a":1}', headers)).toEqual({ a: 1 })
  }
})

test.each(['text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body of the type %s is refused, but where a route ignores it',
  async (type) => {
    const headers = { 'content-type': type }
    expect(await read('{"a":1}', headers)).toBe('unsupported_media_type')
    expect(await read('{"a":1}', headers, 'ignored')).toBe('nothing')
    expect(await read('', headers)).toBe('nothing')
  },
)

test('a body that is compressed is refused, and an encoding that changes nothing is none', async () => {
  for (const use of [undefined, 'file'] as const) {
    expect(await read('{"a":1}', { ...JSON_TYPE, 'content-encoding': 'gzip' }, use)).toBe('unsupported_media_type')
  }
  expect(await read('{"a":1}', { ...JSON_TYPE, 'content-encoding': 'identity' })).toEqual({ a: 1 })
})

test('what is no JSON, or no UTF-8, is malformed', async () => {
  expect(await read('{"a"', JSON_TYPE)).toBe('malformed_json')
  expect(await read(Buffer.from('{"a":"\xff"}', 'latin1'), JSON_TYPE)).toBe('malformed_json')
})

test('a file is its bytes, whatever its type', async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x7b])
  for (const type of ['application/json', 'text/csv']) {
    expect(await read(bytes, { 'content-type': type }, 'file')).toEqual({ bytes: '\xff\0{' })
  }
})

test('no other parser takes the types that have one', () => {
  expect(EVERY_TYPE).toEqual(['application/json', '*'])
  expect(['application/json', undefined, 'application/json;', 'application/vnd.x-1+json'].map(isJson)).toEqual(
    Array.from({ length: 4 }, () => true),
  )
  expect(['', 'json', 'text/json', 'application/json2'].map(isJson)).toEqual(Array.from({ length: 4 }, () => false))
})
