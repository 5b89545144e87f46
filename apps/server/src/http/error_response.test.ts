import { ApiError } from '@taskwire/api'
import { expect, test } from 'vitest'
import { errorBody, errorHeaders, toApiError } from './error_response.ts'

test.each([
  [
    'a wait that was named, in whole seconds',
    new ApiError('rate_limited', { retry_after: 2.1 }),
    { 'retry-after': '3' },
  ],
  ['an error of the server that may pass', new ApiError('database_unavailable'), { 'retry-after': '1' }],
  ['an error of the server that stays', new ApiError('internal_error'), {}],
  ['an error of the caller', new ApiError('task_not_found'), {}],
  ['a missing token', new ApiError('not_authenticated'), { 'www-authenticate': 'Bearer' }],
  [
    'a missing scope',
    new ApiError('scope_insufficient', { required_scope: 'tasks:write' }),
    { 'www-authenticate': 'Bearer error="insufficient_scope", scope="tasks:write"' },
  ],
])('the headers of %s', (_what, error, headers) => {
  expect(errorHeaders(error)).toEqual(headers)
})

test('the seconds of a wait are in the header and not in the body, and other details are in the body', () => {
  const error = new ApiError('model_rate_limited', { retry_after: 3, conversation_id: 7 })
  expect(errorBody(error, 'id')).toEqual({
    detail: error.message,
    code: 'model_rate_limited',
    request_id: 'id',
    conversation_id: 7,
  })
})

test('the places of invalid fields are told as they are in the request', () => {
  const field = { type: 'x', loc: ['limit'], msg: 'm' }
  const error = new ApiError('validation_failed', { fields: [field] })
  expect(errorBody(error, 'id').detail).toEqual([field])
  expect(errorBody(error, 'id', (loc) => ['query', ...loc]).detail).toEqual([{ ...field, loc: ['query', 'limit'] }])
})

test.each([
  ['FST_ERR_BAD_URL', 'validation_failed'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_json'],
  ['ECONNRESET', 'malformed_json'],
  ['ECONNABORTED', 'malformed_json'],
  ['FST_ERR_OF_ANOTHER_KIND', 'internal_error'],
])('%s is %s', (code, reason) => {
  const error = Object.assign(new Error('secret'), { code })
  const translated = toApiError(error)
  expect([translated.reason, translated.cause]).toEqual([reason, error])
  expect(translated.message).not.toContain('secret')
})
