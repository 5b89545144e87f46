import { INT32_MAX } from '@taskwire/db'
import { describe, expect, test } from 'vitest'
import { idBound, positionBetween, positionFirst, positionLast, positionOf } from './position.ts'

/** Numbers that look random, and are the same ones for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Placed {
  readonly id: number
  readonly position: string
}

/** The place of a task that is put at `index` of a list in which it is not. */
function placeAt(list: readonly Placed[], index: number, id: number, newest: number): string {
  const [before, after] = [list[index - 1]?.position, list[index]?.position]
  if (before === undefined) return after === undefined ? positionOf(id) : positionFirst(id, newest, after)
  return after === undefined ? positionLast(id, before) : positionBetween(id, before, after)
}

function expectOrdered(list: readonly Placed[]): void {
  for (const [index, { position }] of list.entries()) {
    const next = list[index + 1]
    if (next !== undefined && position >= next.position) expect([position, next.position]).toEqual('in order')
  }
}

test('tasks that were never moved stand newest first', () => {
  const ids = [1, 2, 15, 16, 17, 255, 256, 4095, 1_000_000, INT32_MAX - 1, INT32_MAX]
  const places = ids.map(positionOf)
  expect(places.toSorted()).toEqual(places.toReversed())
  for (const place of places) expect(place).toMatch(/^a[0-9a-f]{8}$/)
})

test.each([1, 2, 3])(
  '10,000 random moves among tasks that come and go stay strictly ordered and short (%i)',
  (seed) => {
    const below = chance(seed)
    let newest = 40
    const list: Placed[] = Array.from({ length: newest }, (_, n) => ({
      id: newest - n,
      position: positionOf(newest - n),
    }))
    let longest = 0
    for (let move = 0; move < 10_000; move++) {
      if (below(20) === 0) {
        newest += 1 + below(50)
        list.unshift({ id: newest, position: positionOf(newest) })
        if (list.length > 60) list.splice(below(list.length), 1)
      }
      const [moved] = list.splice(below(list.length), 1)
      if (moved === undefined) throw new Error('the list is empty')
      const index = [0, list.length, below(list.length + 1), below(list.length + 1)][below(4)] ?? 0
      const position = placeAt(list, index, moved.id, newest)
      list.splice(index, 0, { id: moved.id, position })
      longest = Math.max(longest, position.length)
      expectOrdered(list.slice(Math.max(0, index - 1), index + 2))
    }
    expectOrdered(list)
    expect(longest).toBeLessThan(60)
  },
)

test('10,000 moves to the first and 10,000 to the last place stay strictly ordered and short', () => {
  let [first, last] = [positionOf(3), positionOf(1)]
  for (let move = 0; move < 10_000; move++) {
    const [before, behind] = [positionFirst(1 + (move % 3), 3, first), positionLast(1 + (move % 3), last)]
    expect([before < first, before > positionOf(4), behind > last]).toEqual([true, true, true])
    expect(Math.max(before.length, behind.length)).toBeLessThan(30)
    first = before
    last = behind
  }
})

test('a new task stands in front of one that was moved to the first place, also if the newest was purged', () => {
  const first = positionFirst(2, 9, positionOf(9))
  expect(first > positionOf(10) && first < positionOf(9)).toBe(true)
  const again = positionFirst(3, 5, first)
  expect(again > positionOf(10) && again < first).toBe(true)
})

test('when all places of a counter are used the order goes on', () => {
  const front = positionOf(10)
  const first = positionFirst(1, 9, `${front}000001-00000002`)
  expect(first > front && first < `${front}000001`).toBe(true)
  expect(positionLast(1, 'bffffff-00000002') > 'bffffff-00000002').toBe(true)
})

test('moves into one gap, always behind the same task or always before it, halve the gap', () => {
  for (const isBehind of [true, false]) {
    let [low, high] = [positionOf(8), positionOf(7)]
    for (let move = 0; move < 400; move++) {
      const position = positionBetween(1 + (move % 6), low, high)
      expect(low < position && position < high).toBe(true)
      if (isBehind) high = position
      else low = position
    }
    expect(Math.max(low.length, high.length)).toBeLessThan(9 + 9 + 400 / 3)
  }
})

describe('two tasks that were moved into one gap at once', () => {
  const [low, high] = [positionOf(8), positionOf(7)]
  const [one, two] = [positionBetween(5, low, high), positionBetween(6, low, high)]

  test('have different places between the same neighbours', () => {
    expect([low, one, two, high].toSorted()).toEqual([low, one, two, high])
    expect(one).not.toBe(two)
  })

  test('leave room for others between them, before them and behind them', () => {
    let [before, behind] = [one, two]
    for (let move = 0; move < 200; move++) {
      const position = positionBetween(1 + (move % 4), before, behind)
      expect(before < position && position < behind).toBe(true)
      if (move % 3 === 0) before = position
      else behind = position
    }
    const all = [low, positionBetween(1, low, one), one, two, positionBetween(1, two, high), high]
    expect(all.toSorted()).toEqual(all)
  })
})

test('equal places, which only foreign data can have, are no error', () => {
  expect(positionBetween(1, 'a00000001-00000005', 'a00000001-00000005') > 'a00000001-00000005').toBe(true)
})

test('the tasks that were never moved, behind or in front of any place, are a range of ids', () => {
  const below = chance(4)
  const ids = [1, 2, 7, 15, 16, 17, 31, 32, 255, 256, 4096, 70_000]
  let [low, high] = [positionOf(16), positionOf(15)]
  const places = [...ids.map(positionOf), positionLast(3, positionOf(1)), positionFirst(3, 70_000, positionOf(70_000))]
  for (let count = 0; count < 300; count++) {
    const position = positionBetween(1 + below(9), low, high)
    places.push(position)
    if (below(2) === 0) low = position
    else high = position
    if (count % 50 === 0) [low, high] = [positionOf(below(40) + 20), positionOf(below(19) + 1)]
  }
  for (const place of [...places, 'a', 'a7ff', 'a7ffffff-00000001', 'a7fffff-00000001', 'b8']) {
    const [behind, ahead] = [idBound(place, 'asc'), idBound(place, 'desc')]
    expect([place, ids.filter((id) => id < behind)]).toEqual([place, ids.filter((id) => positionOf(id) > place)])
    expect([place, ids.filter((id) => id > ahead)]).toEqual([place, ids.filter((id) => positionOf(id) < place)])
  }
})
