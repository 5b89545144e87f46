import { expect, test } from 'vitest'
import { entryPageOf, resetTokenOf } from './entry_page.ts'

test.each([
  ['#/sign-up', 'sign-up'],
  ['#/signup', 'sign-up'],
  ['#/login', 'sign-in'],
  ['#/reset-password?token=a%2Bb', 'reset-password'],
  ['#/today', undefined],
  ['', undefined],
])('the address %s names the page %s', (hash, page) => {
  expect(entryPageOf(hash)).toBe(page)
})

test('the token of a link is read as it was written', () => {
  expect(resetTokenOf('#/reset-password?token=a%2Bb')).toBe('a+b')
  expect(resetTokenOf('#/reset-password')).toBe('')
})
