import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { acceptsBothTypes, webRequest } from './web_request.ts'

const BOTH = 'application/json, text/event-stream'

/** The request that the SDK gets, and the end of its connection. */
function passed(headers: Record<string, string | string[]>, writableFinished = false) {
  const raw = Object.assign(new EventEmitter(), { writableFinished })
  const request = webRequest({ headers } as unknown as FastifyRequest, { raw } as unknown as FastifyReply)
  return { request, close: () => raw.emit('close') }
}

test('the SDK gets the headers of the protocol, and neither the token nor a cookie', () => {
  const { request } = passed({
    accept: BOTH,
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    cookie: 'session=secret',
    'mcp-protocol-version': '2026-07-28',
    'x-mcp-other': 'x',
  })
  expect(Object.fromEntries(request.headers)).toEqual({
    accept: BOTH,
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
  })
  expect(request.method).toBe('POST')
})

test.each([
  [undefined, true],
  ['*/*', true],
  ['application/json, */*;q=0.1', true],
  [BOTH, true],
  ['text/event-stream;q=1, application/json', true],
  ['application/json', false],
  ['text/event-stream', false],
  ['', false],
])('a client that accepts %s accepts both types: %s', (accept, both) => {
  expect(acceptsBothTypes(accept)).toBe(both)
  const { request } = passed(accept === undefined ? {} : { accept })
  const named = BOTH.split(', ').every((type) => request.headers.get('accept')?.includes(type))
  expect(named).toBe(both)
})

test('a client that leaves before the response is complete ends the call, and one that has it does not', () => {
  const left = passed({})
  expect(left.request.signal.aborted).toBe(false)
  left.close()
  expect(left.request.signal.aborted).toBe(true)
  const complete = passed({}, true)
  complete.close()
  expect(complete.request.signal.aborted).toBe(false)
})
