import { expect, test } from 'vitest'
import { ApiError, apiErrors, type ErrorCode } from '../errors/api_error.ts'
import { agentErrorMessage } from './agent_error.ts'

const told = (...error: ConstructorParameters<typeof ApiError>) => agentErrorMessage(new ApiError(...error))

test.each([
  ['token_expired', 'Do not try again: ask the user for a valid token or API key.'],
  ['scope_insufficient', 'Do not try again: this key may only read. Ask the user for one that may write.'],
  ['not_found', 'Do not try again: tell the user that it failed.'],
  ['internal_error', 'Do not try again: tell the user that it failed.'],
  ['overloaded', 'Then repeat the same call once; if it fails again, tell the user.'],
  ['rate_limited', 'Then repeat the same call once; if it fails again, tell the user.'],
  ['validation_failed', 'Correct these arguments and call again.'],
  ['user_mismatch', 'Leave user_id out: you act for the user of your token, and for nobody else.'],
] as const)('after %s an agent is told: %s', (code, advice) => {
  expect(told(code).text).toBe(`${apiErrors[code].detail} (${code}). ${advice}`)
})

test('what an agent needs to know comes before what it should do', () => {
  expect(told('rate_limited', { retry_after: 7 }).text).toContain('(rate_limited). Wait 7 s. Then repeat')
  expect(told('version_mismatch', { current: { id: 1, version: 2 } }).text).toContain(
    'The task is now: {"id":1,"version":2}. Decide anew',
  )
  const fields = [
    { type: 'x', loc: ['set', 'title'], msg: 'Must not be empty' },
    { type: 'x', loc: ['limit'], msg: 'Must be at most 200' },
  ]
  expect(told('validation_failed', { fields }).text).toContain(
    'set.title: Must not be empty. limit: Must be at most 200. Correct',
  )
  expect(told('scope_insufficient', { required_scope: 'tasks:write' }).text).toContain('to allow tasks:write.')
})

test('a program reads the code, the text and the details', () => {
  expect(told('rate_limited', { retry_after: 7 }).structured).toEqual({
    code: 'rate_limited',
    detail: 'Too many requests',
    retry_after: 7,
  })
})

test('no error that cannot be repaired is to be repeated at once', () => {
  const codes = Object.keys(apiErrors) as ErrorCode[]
  const wrong = codes.filter((code) => apiErrors[code].about === 'token' && !/Do not try again/.test(told(code).text))
  expect(wrong).toEqual([])
})
