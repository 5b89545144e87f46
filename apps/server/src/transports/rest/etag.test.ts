import { expect, test } from 'vitest'
import { entityTag, ifVersion, namedVersions } from './etag.ts'

test.each<[string, ReturnType<typeof namedVersions>]>([
  ['*', 'any'],
  [' * ', 'any'],
  ['"3"', [3]],
  ['W/"3"', [3]],
  ['"3", W/"4" ,"3"', [3, 4]],
  ['"3", "foreign"', [3]],
  ['"0"', []],
  ['"03"', []],
  ['3', []],
  ['"3" "4"', []],
  ['"12345678901"', []],
  ['', []],
])('%j names the versions %j', (header, versions) => {
  expect(namedVersions(header)).toEqual(versions)
})

test('a condition is a version, several of them, none that exists, or no condition', () => {
  expect(ifVersion('"3"')).toBe(3)
  expect(ifVersion('"3", "4"')).toEqual([3, 4])
  expect(ifVersion('"foreign"')).toEqual([])
  expect(ifVersion('*')).toBeUndefined()
})

test('a version is a strong entity tag', () => {
  expect(entityTag(12)).toBe('"12"')
})
