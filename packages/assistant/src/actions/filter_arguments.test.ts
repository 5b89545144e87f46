import { expect, test } from 'vitest'
import { listArguments } from './filter_arguments.ts'

// Wednesday.
const clock = { today: '2026-11-18', now: '12:00', zone: null } as const

/** The days, of a month, of the tasks that a filter accepts. */
function days(day: string): string[] {
  const { accepts } = listArguments({ status: 'all', day }, clock)
  const task = { id: 1, title: 'x', completed: false }
  expect(accepts({ ...task, due_date: null })).toBe(false)
  const all = Array.from({ length: 30 }, (_, n) => new Date(Date.UTC(2026, 10, 18 + n)).toISOString().slice(0, 10))
  return all.filter((due_date) => accepts({ ...task, due_date }))
}

test.each([
  ['tomorrow', '2026-11-19', '2026-11-19', 1],
  ['friday', '2026-11-20', '2026-11-20', 1],
  ['wednesday', '2026-11-25', '2026-11-25', 1],
  ['next week', '2026-11-23', '2026-11-29', 7],
])('%s is from %s to %s', (day, first, last, count) => {
  const found = days(day)
  expect([found[0], found.at(-1), found.length]).toEqual([first, last, count])
})

test('only what a filter names is asked for', () => {
  const { args, accepts } = listArguments({ status: 'pending' }, clock)
  expect(args).toEqual({ status: 'pending' })
  expect(accepts({ id: 1, title: 'x', completed: false })).toBe(true)
  const all = { status: 'all', due: 'today', priority: 'none', tag: 'home', search: 'rent' } as const
  expect(listArguments(all, clock).args).toEqual({
    status: 'all',
    due: 'today',
    priority: ['none'],
    tags: ['home'],
    search: 'rent',
  })
  expect(listArguments({ ...all, day: 'tomorrow' }, clock).args).toMatchObject({ due: 'any', limit: 200 })
})
