import { expect, test } from 'vitest'
import { waitAfter } from './retry.ts'

test('the waits are 5 s, 30 s, 2 min, 10 min, 1 h, then each hour for three days', () => {
  const waits = Array.from({ length: 78 }, (_, n) => waitAfter(n + 1))
  expect(waits.slice(0, 7)).toEqual([5000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000, 3_600_000])
  expect(waits.filter((wait) => wait === 3_600_000)).toHaveLength(73)
  expect(waits.at(-1)).toBe(null)
})
