import { TRPCClientError } from '@trpc/client'
import { expect, test } from 'vitest'
import { errorOfShape, isErrorShape, isTaskwireError, taskwireError, TaskwireError, traitsOfError } from './error.ts'
import type { ErrorShape } from './router.ts'

const shape: ErrorShape = {
  message: 'The title is empty',
  code: -32600,
  data: {
    code: 'BAD_REQUEST',
    httpStatus: 422,
    reason: 'validation_failed',
    request_id: 'r-1',
    retry_after: 3,
    index: 4,
    fields: [{ loc: ['title'], msg: 'is empty', type: 'too_small' }],
  },
}

test("an error has what the server's has, and the client's own text where there is none", () => {
  const { message, name, reason, fields, current, index, request_id, retryAfter } = errorOfShape(shape)
  expect({ message, name, reason, fields, current, index, request_id, retryAfter }).toEqual({
    message: 'The title is empty',
    name: 'TaskwireError',
    reason: 'validation_failed',
    fields: shape.data.fields,
    current: undefined,
    index: 4,
    request_id: 'r-1',
    retryAfter: 3,
  })
  expect(new TaskwireError('unreachable')).toMatchObject({
    message: 'The server could not be reached, or its answer was lost',
    fields: [],
    retryAfter: undefined,
  })
  expect(new TaskwireError('validation_failed').message).toBe('validation_failed')
})

test('what the header says goes before what the body says, and an id of the request only where the body has none', () => {
  const { retryAfter, request_id } = new TaskwireError('overloaded', { shape, retryAfter: 0, request_id: 'r-2' })
  expect([retryAfter, request_id]).toEqual([0, 'r-1'])
})

test('every error is one of the client, of tRPC and of JavaScript', () => {
  const error = new TaskwireError('aborted')
  expect([isTaskwireError(error), error instanceof TRPCClientError, error instanceof Error]).toEqual([true, true, true])
  expect(isTaskwireError(new TRPCClientError('no'))).toBe(false)
})

test('what was thrown on the way is kept: itself, its shape, its message and its cause', () => {
  const own = new TaskwireError('aborted')
  expect(taskwireError(own)).toBe(own)
  const ofTrpc = new TRPCClientError('no', { result: { error: shape } })
  expect(taskwireError(ofTrpc)).toMatchObject({ reason: 'validation_failed', index: 4 })
  const cause = new RangeError('out of range')
  expect(taskwireError(cause)).toMatchObject({ reason: 'unexpected', message: 'out of range', cause })
  expect(taskwireError(new Error('')).message).toBe('The call failed unexpectedly')
  expect(taskwireError('text').cause).toEqual(new Error('text'))
})

test.each([
  [shape, true],
  [{ ...shape, message: undefined }, false],
  [{ ...shape, data: null }, false],
  [{ ...shape, data: { code: 'BAD_REQUEST' } }, false],
  [null, false],
  ['text', false],
])('%j is the shape of an error: %s', (value, isShape) => {
  expect(isErrorShape(value)).toBe(isShape)
})

test('an unreachable server may be asked again, and of an unknown code nothing is promised', () => {
  expect(traitsOfError('unreachable').retry).toBe('safe')
  expect(traitsOfError('overloaded').retry).toBe('safe')
  expect(traitsOfError('aborted').retry).toBe('never')
  expect(traitsOfError('of a newer server').retry).toBe('never')
})
