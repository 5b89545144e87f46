import { expect, test } from 'vitest'
import { chipsOf, chipsOfView } from './chips.ts'
import { understand } from './understand.ts'
import { defaultsLeft, joinFields } from './with_defaults.ts'

const none: ReadonlySet<string> = new Set()
const defaults = { due_date: '2026-03-02', priority: 'high', tags: ['home', 'work'] } as const

test('a view gives a new task what the text does not decide and the user has not refused', () => {
  const given = { ...defaults, tags: [...defaults.tags] }
  expect(defaultsLeft(given, {}, none)).toEqual(given)
  expect(defaultsLeft(given, { due_date: '2026-03-05', tags: ['home'] }, none)).toEqual({
    priority: 'high',
    tags: ['work'],
  })
  expect(defaultsLeft(given, { priority: 'low' }, new Set(['view due_date', 'view tags work']))).toEqual({
    tags: ['home'],
  })
  expect(defaultsLeft(given, { tags: ['home', 'work'] }, new Set(['view priority']))).toEqual({
    due_date: '2026-03-02',
  })
  expect(defaultsLeft({}, {}, none)).toEqual({})
})

test('the fields of the text go before those of the view, and the tags of both are kept', () => {
  expect(
    joinFields({ priority: 'low', tags: ['a'] }, { due_date: '2026-03-02', priority: 'high', tags: ['b'] }),
  ).toEqual({
    due_date: '2026-03-02',
    priority: 'low',
    tags: ['b', 'a'],
  })
  expect(joinFields({ priority: 'low' }, {})).toEqual({ priority: 'low' })
})

test('each part of a view has a chip of its own, by whose key it is refused', () => {
  expect(
    chipsOfView({ ...defaults, tags: [...defaults.tags] }, '2026-03-02').map(({ key, label }) => [key, label]),
  ).toEqual([
    ['view due_date', 'Today'],
    ['view priority', 'High priority'],
    ['view tags home', '#home'],
    ['view tags work', '#work'],
  ])
  expect(chipsOfView({}, '2026-03-02')).toEqual([])
})

test('each part of a text that became a field has a chip with its place', () => {
  const understood = understand('Call tomorrow #Home !1', { today: '2026-03-02', now: '10:00', zone: 'UTC' }, none)
  expect(chipsOf(understood, '2026-03-02').map(({ label, span }) => [label, span?.from])).toEqual([
    ['Tomorrow', 5],
    ['#home', 14],
    ['High priority', 20],
  ])
})
