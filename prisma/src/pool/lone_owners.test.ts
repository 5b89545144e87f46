import { expect, test } from 'vitest'
import { loneOwners } from './lone_owners.ts'

test('a user is alone for ten seconds, and then like any other', () => {
  const alone = loneOwners()
  alone.add('ann', 1000)
  expect(alone.has('ann', 10_999)).toBe(true)
  expect(alone.has('bob', 10_999)).toBe(false)
  expect(alone.has('ann', 11_000)).toBe(false)
})

test('a user whose time has ended makes room', () => {
  const alone = loneOwners({ aloneMs: 10, maxAlone: 2 })
  alone.add('ann', 0)
  alone.add('bob', 5)
  expect(alone.has('ann', 10)).toBe(false)
  alone.add('cat', 11)
  expect(alone.has('bob', 12)).toBe(true)
})

test('no more than a thousand users are remembered', () => {
  const alone = loneOwners()
  const owners = Array.from({ length: 1000 }, (_, index) => `owner ${index}`)
  for (const owner of owners) alone.add(owner, 0)
  expect(owners.every((owner) => alone.has(owner, 1))).toBe(true)
  alone.add('ann', 1)
  expect(owners.some((owner) => alone.has(owner, 1))).toBe(false)
  expect(alone.has('ann', 1)).toBe(true)
})
