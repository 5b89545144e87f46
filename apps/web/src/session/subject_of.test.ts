import { expect, test } from 'vitest'
import { subjectOf } from './subject_of.ts'

const tokenOf = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

test.each(['ada', 'Änne 你好 ?>~', '4711'])('the owner of a token is read from it: %s', (sub) => {
  expect(subjectOf(tokenOf({ sub, iss: 'here' }))).toBe(sub)
})

test.each(['', 'opaque', 'a.%%.c', tokenOf(null), tokenOf({ sub: 1 }), 'e30.bm8.c2ln'])(
  'what cannot be read has no owner: %j',
  (token) => {
    expect(subjectOf(token)).toBeUndefined()
  },
)
