import { expect, test } from 'vitest'
import { assertStorableUrl, checkedBody, isForm } from './sign_in_body.ts'

const SIGN_IN = '/api/auth/sign-in/email'
const FORM = 'application/x-www-form-urlencoded'

function check(text: string, type: string | undefined = 'application/json', url = SIGN_IN): string {
  return checkedBody(text, { url, headers: type === undefined ? {} : { 'content-type': type } })
}

const levels = (count: number) => '['.repeat(count) + ']'.repeat(count)

test('a body may hold 32 levels below it, and not 33', () => {
  expect(check(levels(33))).toBe(levels(33))
  expect(() => check(`{"a":${levels(33)}}`)).toThrow(
    expect.objectContaining({
      reason: 'validation_failed',
      details: { fields: [{ type: 'too_deep', loc: ['body'], msg: expect.stringContaining('32 levels') }] },
    }),
  )
})

test.each([
  ['a value', '{"a":"\\u0000"}'],
  ['the name of a field', '{"a\\u0000":1}'],
  ['a list in a field', '{"a":{"b":["x",["\\u0000"]]}}'],
  ['the body itself', '"\\u0000"'],
  ['a lone surrogate', '{"a":"\\udc00"}'],
])('what PostgreSQL cannot store is refused: %s', (_where, body) => {
  expect(() => check(body)).toThrow(expect.objectContaining({ reason: 'validation_failed' }))
})

test.each(['token', 'revoke', 'authorize'])('a form is accepted at oauth2/%s, without NUL', (name) => {
  const url = `/api/auth/oauth2/${name}`
  expect(check('code=a&state=b', FORM, url)).toBe('code=a&state=b')
  expect(check('code=a', `${FORM}; charset=utf-8`, `${url}?x=1`)).toBe('code=a')
  expect(() => check('code=a&state=%00', FORM, url)).toThrow(expect.objectContaining({ reason: 'validation_failed' }))
})

test.each([SIGN_IN, '/api/auth/oauth2/register', '/api/auth/oauth2/token/x', `${SIGN_IN}?/api/auth/oauth2/token`])(
  'a form is refused at %s',
  (url) => {
    expect(() => check('a=b', FORM, url)).toThrow(expect.objectContaining({ reason: 'unsupported_media_type' }))
  },
)

test('an empty body is accepted whatever its type, and JSON without a type', () => {
  expect(check('', 'text/plain')).toBe('')
  expect(checkedBody('{}', { url: SIGN_IN, headers: {} })).toBe('{}')
  expect(() => check('{', 'application/json')).toThrow(expect.objectContaining({ reason: 'malformed_json' }))
})

test('a type is a form with parameters and in any letter case, and not because it begins like one', () => {
  expect([FORM, `${FORM} ; x`, FORM.toUpperCase()].map(isForm)).toEqual([true, true, true])
  expect([undefined, `${FORM}2`, `text/${FORM}`].map(isForm)).toEqual([false, false, false])
})

test('a NUL in the path or the query of a URL is refused', () => {
  const url = (path: string) => new URL(path, 'http://localhost')
  expect(() => assertStorableUrl(url('/api/auth/get-session?x=%01'))).not.toThrow()
  for (const path of ['/api/auth/%00', '/api/auth/x?token=a%00']) {
    expect(() => assertStorableUrl(url(path)), path).toThrow(expect.objectContaining({ reason: 'validation_failed' }))
  }
})
