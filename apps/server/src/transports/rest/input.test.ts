import type { Operation, RestMeta } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { bodyOrQuery, inputSource } from './input.ts'

const input = z.strictObject({
  task_id: z.int(),
  if_version: z.int().optional(),
  idempotency_key: z.string().optional(),
  limit: z.int().optional(),
  completed: z.boolean().optional(),
  title: z.string().optional(),
})
const operation: Operation = {
  name: 'task.test',
  type: 'mutation',
  input,
  output: undefined,
  summary: 'For a test',
  run: async () => undefined,
}

type Parts = Partial<Record<'params' | 'query' | 'headers', Record<string, unknown>>> & { body?: unknown }

/** The input that is read of a request. */
function read(rest: Partial<RestMeta>, parts: Parts, unknownFields: 'reject' | 'ignore' = 'reject'): unknown {
  const request = { params: { task_id: '7' }, query: {}, headers: {}, ...parts } as unknown as FastifyRequest
  return source(rest, unknownFields).read(request, undefined)
}

function source(rest: Partial<RestMeta>, unknownFields: 'reject' | 'ignore' = 'reject') {
  const meta: RestMeta = { path: '/tasks/{task_id}', methods: ['GET'], status: 200, ...rest }
  return inputSource(operation, meta, unknownFields)
}

const PATCH = { methods: ['PATCH'] } as const

test.each([
  ['5', 5],
  ['-5', -5],
  ['0005', 5],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  [`-${'9'.repeat(400)}`, Number.MIN_SAFE_INTEGER],
  ['1e3', '1e3'],
  ['0x10', '0x10'],
  [' 5 ', ' 5 '],
  ['5.0', '5.0'],
  ['', ''],
])('the whole number "%s" in a query is %j', (limit, expected) => {
  expect(read({}, { query: { limit } })).toEqual({ task_id: 7, limit: expected })
})

test.each([
  [['true', '1', 'yes', 'on', 'TRUE', 'Yes'], true],
  [['false', '0', 'no', 'off', 'False'], false],
])('%j in a query are %s', (texts, expected) => {
  for (const completed of texts) expect(read({}, { query: { completed } })).toEqual({ task_id: 7, completed: expected })
})

test.each(['2', '', 'y', 'truee'])('"%s" in a query is neither true nor false, and stays text', (completed) => {
  expect(read({}, { query: { completed } })).toEqual({ task_id: 7, completed })
})

test('of a parameter that is sent twice the last one counts, and of text nothing is converted', () => {
  expect(read({}, { query: { limit: ['1', '2'], title: '5' } })).toEqual({ task_id: 7, limit: 2, title: '5' })
})

test('a query has no other parameters than the operation, and a body no part in it', () => {
  expect(source({}).query).toEqual(['limit', 'completed', 'title'])
  const query = { task_id: '8', if_version: '9', other: 'x' }
  expect(read({}, { query, body: { title: 'of the body' } })).toEqual({ task_id: 7 })
})

test('headers are fields, and a field of the path or of a header is none of the body', () => {
  const headers = { 'if-match': '"3"', 'idempotency-key': 'k', 'last-event-id': '9' }
  const body = { title: 'x', task_id: 8, if_version: 9 }
  const sent = { task_id: 7, if_version: 3, idempotency_key: 'k', title: 'x' }
  expect(read(PATCH, { headers, body })).toEqual({ ...sent, 'body.task_id': 8, 'body.if_version': 9 })
  expect(read(PATCH, { headers, body }, 'ignore')).toEqual(sent)
})

test('a body is not converted, and one that is no object is the input itself', () => {
  expect(read(PATCH, { body: { limit: '5', completed: 'yes' } })).toEqual({ task_id: 7, limit: '5', completed: 'yes' })
  for (const body of [[], 'x', 5, null]) expect(read(PATCH, { body })).toEqual(body)
  expect(read(PATCH, {})).toEqual({ task_id: 7 })
})

test('a file is the body, and the other fields are in the query', () => {
  const rest = { methods: ['POST'], input: 'file' } as const
  expect(read(rest, { query: { title: 't' }, body: Buffer.from('Käse') })).toEqual({
    task_id: 7,
    title: 't',
    file: 'Käse',
  })
  expect(read(rest, {})).toEqual({ task_id: 7, file: '' })
  expect(source(rest).body).toBe('file')
})

test('the place of a field is that in the request', () => {
  const { locate } = source(PATCH)
  expect(locate(['task_id'])).toEqual(['path', 'task_id'])
  expect(locate(['if_version', 0])).toEqual(['header', 'if-match', 0])
  expect(locate(['title', 1])).toEqual(['body', 'title', 1])
  expect(locate(['body.task_id'])).toEqual(['body', 'task_id'])
  expect(locate([])).toEqual(['body'])
  expect(source({}).locate(['limit'])).toEqual(['query', 'limit'])
})

test.each([
  [['GET'], 'query'],
  [['DELETE'], 'none'],
  [['POST'], 'body'],
  [['PATCH', 'PUT'], 'body'],
] as const)('the fields of %j are in: %s', (methods, expected) => {
  expect(bodyOrQuery({ path: '/', methods: [...methods], status: 200 })).toBe(expected)
})
