import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { acceptsEvents } from './stream.ts'

test.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/event-stream', true],
  ['application/json, Text/Event-Stream;q=0.5', true],
  ['text/event-stream;q=0.001', true],
  ['text/event-stream;q=0', false],
  ['text/event-stream; q=0.0, application/json', false],
  ['text/event-streams', false],
])('a client that accepts %s gets events: %s', (accept, expected) => {
  expect(acceptsEvents({ headers: { accept } } as FastifyRequest)).toBe(expected)
})
