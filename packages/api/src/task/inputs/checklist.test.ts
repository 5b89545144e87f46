import { describe, expect, test } from 'vitest'
import { checklist, itemId } from './checklist.ts'

const parsed = (value: unknown) => checklist.parse(value)
const isValid = (value: unknown) => checklist.safeParse(value).success

test.each([
  [Array.from({ length: 50 }, (_, n) => ({ text: `${n}` })), true],
  [Array.from({ length: 51 }, (_, n) => ({ text: `${n}` })), false],
  [[{ text: '😀'.repeat(200) }], true],
  [[{ text: 'x'.repeat(201) }], false],
  [[{ text: ' ' }], false],
  [
    [
      { text: 'a', id: 'x' },
      { text: 'b', id: 'X' },
    ],
    true,
  ],
  [
    [
      { text: 'a', id: 'x' },
      { text: 'b', id: 'x' },
    ],
    false,
  ],
  [[{ text: 'a', colour: 'red' }], false],
  [[{ text: 'a\0' }], false],
  [[{ id: 'x' }], false],
])('sample %# of a checklist is valid or not as it should be', (value, expected) => {
  expect(isValid(value)).toBe(expected)
})

test('an item is open unless it says that it is done, and its text is trimmed', () => {
  expect(
    parsed([
      { id: 'a', text: ' A ' },
      { id: 'b', text: 'B', done: true },
    ]),
  ).toEqual([
    { id: 'a', text: 'A', done: false },
    { id: 'b', text: 'B', done: true },
  ])
})

describe('the id of an item without one', () => {
  const idsOf = (...texts: string[]) => parsed(texts.map((text) => ({ text }))).map(({ id }) => id)

  test('is the same for every request, and another for each item, also of equal texts', () => {
    const ids = idsOf('Milk', 'Bread', 'Milk', 'Milk')
    expect(idsOf('Milk', 'Bread', 'Milk', 'Milk')).toEqual(ids)
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(itemId.safeParse(id).success).toBe(true)
  })

  test('stays that of its text when another item is removed', () => {
    const [, bread] = idsOf('Milk', 'Bread')
    expect(idsOf('Bread')).toEqual([bread])
  })

  test('is none that another item has, before it or behind it', () => {
    const [free] = idsOf('Milk')
    const given = parsed([{ text: 'Milk' }, { text: 'Other', id: free }])
    expect(given[0]?.id).not.toBe(free)
  })
})
