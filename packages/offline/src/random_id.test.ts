import { expect, test } from 'vitest'
import { provisionalId, randomId } from './random_id.ts'

const many = <T>(make: () => T) => Array.from({ length: 1000 }, make)

test('an id has 128 bits as lower-case hex, leading zeros too, and no other is like it', () => {
  const ids = many(randomId)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(ids).size).toBe(1000)
})

test('a provisional id is a negative number that JSON and arithmetic keep, and is no id of a server', () => {
  const ids = many(provisionalId)
  for (const id of ids) expect(Number.isSafeInteger(id) && id < 0).toBe(true)
  expect(new Set(ids).size).toBe(1000)
  // Tabs that are open at the same time make them too: 32 bits would collide.
  expect(Math.min(...ids)).toBeLessThan(-(2 ** 45))
})
