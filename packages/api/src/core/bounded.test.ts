import { expect, test } from 'vitest'
import { evictOlderHalf } from './bounded.ts'

test.each([
  [0, []],
  [1, []],
  [4, [2, 3]],
  [5, [3, 4]],
])('of %d entries the newer ones stay: %j', (size, kept) => {
  const map = new Map(Array.from({ length: size }, (_, n) => [String(n), n]))
  evictOlderHalf(map)
  expect([...map.values()]).toEqual(kept)
})
