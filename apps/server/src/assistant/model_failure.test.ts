import { inspect } from 'node:util'
import { ApiError } from '@taskwire/api'
import { expect, onTestFinished, test, vi } from 'vitest'
import { modelFailure } from './model_failure.ts'

const failure = (fields: object, message = 'SECRET of ann@example.com') => Object.assign(new Error(message), fields)
const limited = (header: string) => failure({ status: 429, headers: new Headers({ 'retry-after': header }) })
const waitOf = (header: string) => modelFailure(limited(header)).details.retry_after

test.each([
  [{ status: 500 }, 'model_unavailable'],
  [{ status: 429 }, 'model_rate_limited'],
  [{ code: 'rate_limit_exceeded' }, 'model_rate_limited'],
  [{ status: 429, error: { type: 'insufficient_quota' } }, 'model_misconfigured'],
  [{ status: 400, code: 'model_not_found' }, 'model_misconfigured'],
  [{ status: 401 }, 'model_misconfigured'],
  [{ status: 402 }, 'model_misconfigured'],
  [{ status: 403 }, 'model_misconfigured'],
  [{ status: 404 }, 'model_misconfigured'],
  [{ status: 400, error: { code: 'context_length_exceeded' } }, 'conversation_too_long'],
  [{ status: 413 }, 'conversation_too_long'],
  [{ status: 408 }, 'model_timeout'],
  [{ status: 504 }, 'model_timeout'],
  [{ code: 'ETIMEDOUT' }, 'model_timeout'],
  [{ name: 'APIConnectionTimeoutError' }, 'model_timeout'],
  [{ cause: failure({ code: 'ETIMEDOUT' }) }, 'model_timeout'],
  [{ code: 'ECONNREFUSED' }, 'model_unavailable'],
] as const)('a failure with %j is %s', (fields, reason) => {
  const error = modelFailure(failure(fields))
  expect(error.reason).toBe(reason)
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/SECRET|ann@/)
})

test('a provider without codes says by its text that a conversation is too long, and only with the status 400', () => {
  for (const text of ['maximum context length is 8192', 'prompt is too long', 'too many tokens']) {
    expect(modelFailure(failure({ status: 400 }, text)).reason).toBe('conversation_too_long')
    expect(modelFailure(failure({ status: 500 }, text)).reason).toBe('model_unavailable')
  }
  expect(modelFailure(failure({ status: 400, error: { message: 'the context window is full' } })).reason).toBe(
    'conversation_too_long',
  )
})

test('a wait is in whole seconds, from one to a day', () => {
  expect(['30', '1.2', '0', '86400', '86401', '999999999'].map(waitOf)).toEqual([30, 2, 1, 86_400, 86_400, 86_400])
  expect(['', 'soon', '1e3'].map(waitOf)).toEqual([undefined, undefined, undefined])
})

test('a wait until a date is counted from now, and one that is over is a second', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2027, 4, 5, 9, 0, 0) })
  onTestFinished(() => void vi.useRealTimers())
  expect(waitOf('Wed, 05 May 2027 09:00:30 GMT')).toBe(30)
  expect(waitOf('Wed, 05 May 2027 08:00:00 GMT')).toBe(1)
  expect(waitOf('Wed, 05 May 2037 09:00:00 GMT')).toBe(86_400)
})

test('only a failure that passes has a wait', () => {
  const headers = new Headers({ 'retry-after': '30' })
  const waits = [429, 503, 401, 413, 504].map(
    (status) => modelFailure(failure({ status, headers })).details.retry_after,
  )
  expect(waits).toEqual([30, 30, undefined, undefined, undefined])
})

test('an error whose causes lead in a circle is read to its end', () => {
  const error = failure({ code: 'ECONNRESET' })
  Object.assign(error, { cause: error })
  expect(modelFailure(error).reason).toBe('model_unavailable')
})

test('the log is told the codes and where it happened, and no code that may be a text', () => {
  const error = failure({ status: 429, code: 'tokens', type: 'see SECRET and more', error: { type: 'tokens' } })
  const { cause } = modelFailure(error)
  expect(cause).toMatchObject({ message: 'the model failed: Error, status 429, tokens' })
  expect(Reflect.get(Object(cause), 'stack')).toMatch(/^Error: the model failed: .*\n {4}at /)
})

test('an error of ours stays as it is, and what is no error is a failure', () => {
  const own = new ApiError('model_timeout')
  expect(modelFailure(own)).toBe(own)
  expect(modelFailure('SECRET')).toMatchObject({ reason: 'model_unavailable', details: {} })
})
