import { expect, test } from 'vitest'
import { withDefaults } from '../task_fields.ts'
import { between, newPosition, positionAt } from './local_position.ts'

const time = '2026-01-01T00:00:00.000Z'

function taskAt(id: number, position: string) {
  const task = { id, user_id: 'ada', title: `${id}`, created_at: time, updated_at: time, version: 1 }
  return { ...withDefaults(task), position }
}

test.each([
  ['a7ffffff0', 'a7ffffff1'],
  ['a7ffffff0', 'a7ffffff0-00000001'],
  ['', 'a'],
  ['', '!'],
  ['b', undefined],
  ['a~', 'b'],
])('a text lies between %j and %j', (low, high) => {
  const text = between(low, high)
  expect(text > low).toBe(true)
  expect(high === undefined || text < high).toBe(true)
})

test.each([0, 1])('a thousand moves into one gap find a place each (always on side %i)', (side) => {
  let [low, high] = ['a7ffffff0', 'a7ffffff1']
  for (let moves = 0; moves < 1000; moves++) {
    const text = between(low, high)
    expect([low, text, high].toSorted()).toEqual([low, text, high])
    expect(new Set([low, text, high]).size).toBe(3)
    if (side === 0) high = text
    else low = text
  }
})

test('a task without a position of the server stands in front of those that have one, the newest first', () => {
  const now = Date.now()
  const positions = [newPosition(now + 1), newPosition(now), 'a00000000', 'a7ffffff0']
  expect(positions.toSorted()).toEqual(positions)
})

test('a place is found beside any neighbour and at both ends', () => {
  const others = [taskAt(1, 'a3'), taskAt(2, 'a1'), taskAt(3, 'a2')]
  const orderWith = (place: Parameters<typeof positionAt>[0]) =>
    [...others, taskAt(9, positionAt(place, others) ?? '~')]
      .toSorted((a, b) => (a.position < b.position ? -1 : 1))
      .map(({ id }) => id)
  expect(orderWith({ after: 2 })).toEqual([2, 9, 3, 1])
  expect(orderWith({ after: 1 })).toEqual([2, 3, 1, 9])
  expect(orderWith({ before: 2 })).toEqual([9, 2, 3, 1])
  expect(orderWith({ before: 1 })).toEqual([2, 3, 9, 1])
  expect(orderWith({ to: 'first' })).toEqual([9, 2, 3, 1])
  expect(orderWith({ to: 'last' })).toEqual([2, 3, 1, 9])
  expect(positionAt({ after: 7 }, others)).toBeUndefined()
})
