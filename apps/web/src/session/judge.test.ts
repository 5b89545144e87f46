import { expect, test } from 'vitest'
import { emailProblem, nameProblem, newPasswordProblem, passwordProblem } from './judge.ts'

test.each(['ann@example.com', ' ann@mail.example.co.uk ', 'ä@ö.de'])('%s is taken as an address', (email) => {
  expect(emailProblem(email)).toBeNull()
})

test.each(['', 'ann', 'ann@', 'ann@example', 'ann@example.', '@example.com', 'a b@example.com', 'a@b@c.de'])(
  '"%s" is no address',
  (email) => {
    expect(emailProblem(email)).toBe('Enter a valid email address.')
  },
)

test('a new password has 8 to 128 characters that are not all blank', () => {
  expect(newPasswordProblem('1234567')).toContain('at least 8')
  expect(newPasswordProblem('x'.repeat(129))).toContain('at most 128')
  expect(newPasswordProblem(' '.repeat(9))).toContain('blank')
  expect(newPasswordProblem('12345678')).toBeNull()
  expect(passwordProblem('old')).toBeNull()
  expect(passwordProblem('')).toBe('Enter your password.')
})

test('a name has 1 to 200 characters', () => {
  expect(nameProblem('  ')).toBe('Enter a name.')
  expect(nameProblem('x'.repeat(201))).toContain('at most 200')
  expect(nameProblem('Ann')).toBeNull()
})
