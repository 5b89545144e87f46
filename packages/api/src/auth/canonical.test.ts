import { expect, test } from 'vitest'
import { isCanonicalBase64url } from './canonical.ts'

test('of all texts of up to three characters, those are canonical that Node would write', () => {
  const characters = ['', ...'ABQgwEIZaz019-_+/= \t.\n'.split('')]
  const texts = characters.flatMap((a) => characters.flatMap((b) => characters.map((c) => a + b + c)))
  const wrong = texts.filter((text) => {
    const rewritten = Buffer.from(text, 'base64url').toString('base64url')
    return isCanonicalBase64url(text) !== (rewritten === text)
  })
  expect(texts.length).toBeGreaterThan(10_000)
  expect(wrong).toEqual([])
})

test.each([0, 1, 2, 3, 31, 32, 64, 100])('what Node writes of %i bytes is canonical', (length) => {
  expect(isCanonicalBase64url(Buffer.alloc(length, 0xfb).toString('base64url'))).toBe(true)
})
