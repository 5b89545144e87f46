import { momentAt } from '@taskwire/calendar'
import { taskWith } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import type { Task } from '../client.ts'
import type { ListQuery } from '../shell/route.ts'
import { countTasks } from './counts.ts'
import { dueDay, dueTime, isDueToday, isOverdue, isUpcoming } from './due.ts'
import { dueText } from './due_text.ts'
import { groupTasks, isInView } from './group_tasks.ts'
import { foldLetters, isMatch } from './match.ts'
import { orderOf, sortOf, sorts } from './sorts.ts'

// Monday the 2nd of March, noon in Berlin.
const moment = momentAt(new Date('2026-03-02T11:00:00Z'), 'Europe/Berlin')

const due = (due_date: string | null, due_time: string | null = null, due_at: string | null = null) =>
  taskWith({ due_date, due_time, due_at })

test.each([
  [due(null), false, false, false],
  [due('2026-03-01'), true, false, false],
  [due('2026-03-02'), false, true, false],
  [due('2026-03-02', '11:59'), true, true, false],
  [due('2026-03-02', '12:00'), false, true, false],
  [due('2026-03-01', '23:59'), true, false, false],
  [due('2026-03-03'), false, false, true],
  [due('2026-03-09'), false, false, true],
  [due('2026-03-10'), false, false, false],
  // Where a task has a zone its instant decides: midnight in Berlin is 23:00 in UTC.
  [due('2026-03-02', '05:00', '2026-03-02T10:59:59.000Z'), true, true, false],
  [due('2026-03-02', '05:00', '2026-03-02T11:00:01.000Z'), false, true, false],
  [due('2026-03-01', '23:30', '2026-03-01T23:00:00.000Z'), true, true, false],
  [due('2026-03-01', '23:30', '2026-03-01T22:59:59.000Z'), true, false, false],
  [due('2026-03-02', '23:30', '2026-03-02T23:00:00.000Z'), false, false, true],
  [due('2026-03-09', '23:30', '2026-03-09T22:59:59.000Z'), false, false, true],
  [due('2026-03-09', '23:30', '2026-03-09T23:00:00.000Z'), false, false, false],
])('a task of %o is overdue, due today, upcoming: %s, %s, %s', (task, late, today, upcoming) => {
  const { due_date, due_time, due_at } = task
  const one = { due_date, due_time, due_at, due_zone: null }
  expect([isOverdue(one, moment), isDueToday(one, moment), isUpcoming(one, moment)]).toEqual([late, today, upcoming])
})

test('a time in a zone is shown where the user is', () => {
  const task = due('2026-03-02', '18:30', '2026-03-02T23:30:00.000Z')
  expect([dueDay(task, moment), dueTime(task, moment)]).toEqual(['2026-03-03', '00:30'])
  expect(dueText(due(null), moment)).toBeNull()
  expect(dueText(due('2026-03-03'), moment)).toBe('Tomorrow')
  expect(dueText(due('2026-03-08'), moment)).toBe('Sunday')
  expect(dueText(due('2026-03-09'), moment)).not.toContain('Monday')
})

test('tasks are counted by what is pending, by their day, priority and tags', () => {
  const counts = countTasks(
    [
      taskWith({ completed: true, due_date: '2026-03-01', tags: ['done'], priority: 'high' }),
      taskWith({ due_date: '2026-03-01', tags: ['a', 'b'], priority: 'high' }),
      taskWith({ due_date: '2026-03-02', due_time: '09:00', tags: ['b'] }),
      taskWith({ due_date: '2026-03-02' }),
      taskWith({ due_date: '2026-03-05', priority: 'low' }),
      taskWith({ tags: ['c'] }),
    ],
    moment,
  )
  expect(counts).toEqual({
    all: 6,
    pending: 5,
    completed: 1,
    overdue: 2,
    today: 2,
    by_today: 3,
    upcoming: 1,
    no_date: 1,
    priority: { high: 1, medium: 0, low: 1, none: 3 },
    tags: [
      { tag: 'b', pending: 2 },
      { tag: 'a', pending: 1 },
      { tag: 'c', pending: 1 },
    ],
  })
})

test('the 200 tags that are used most are counted', () => {
  const tasks = Array.from({ length: 250 }, (_, n) => taskWith({ tags: [`tag ${String(n).padStart(3, '0')}`] }))
  const { tags } = countTasks([...tasks, taskWith({ tags: ['tag 249'] })], moment)
  expect([tags.length, tags[0], tags.at(-1)?.tag]).toEqual([200, { tag: 'tag 249', pending: 2 }, 'tag 198'])
})

const groups = (tasks: readonly Task[], query: ListQuery, lingering: readonly number[] = []) =>
  groupTasks(tasks, { query, moment, isLingering: ({ id }) => lingering.includes(id) }).map((group) => [
    group.key,
    group.title,
    group.tasks.map(({ id }) => id),
    group.isFolded === true,
  ])

const tasks = [
  taskWith({ id: 1, due_date: '2026-03-01' }),
  taskWith({ id: 2, due_date: '2026-03-02' }),
  taskWith({ id: 3, due_date: '2026-03-02', due_time: '09:00' }),
  taskWith({ id: 4, due_date: '2026-03-03' }),
  taskWith({ id: 5, due_date: '2026-03-20' }),
  taskWith({ id: 6 }),
  // Just before and just after midnight in Berlin.
  taskWith({ id: 7, completed: true, due_date: '2026-03-02', completed_at: '2026-03-01T22:59:00.000Z' }),
  taskWith({ id: 8, completed: true, due_date: '2026-03-02', completed_at: '2026-03-01T23:01:00.000Z' }),
  taskWith({ id: 9, completed: true, completed_at: null }),
]

test('today shows what is overdue, what is due, and how much was completed since midnight', () => {
  expect(groups(tasks, { view: 'today' })).toEqual([
    ['overdue', 'Overdue', [1], false],
    ['today', 'Today', [3, 2], false],
    ['done', 'Completed today', [8], true],
  ])
  const [only] = groups([taskWith({ id: 2, due_date: '2026-03-02' })], { view: 'today' })
  expect(only).toEqual(['today', null, [2], false])
})

test('upcoming shows each of the next days, and what comes later', () => {
  const days = groups(tasks, { view: 'upcoming' })
  expect(days.map(([key, , ids]) => [key, ids])).toEqual([
    ['2026-03-03', [4]],
    ['later', [5]],
  ])
})

test('completed shows the latest day first, and what has no time last', () => {
  expect(groups(tasks, { view: 'completed' }).map(([key, , ids]) => [key, ids])).toEqual([
    ['2026-03-02', [8]],
    ['2026-03-01', [7]],
    ['earlier', [9]],
  ])
})

test('a task that was just completed stands where it stood', () => {
  expect(groups(tasks, { view: 'today' }, [8]).map(([key, , ids]) => [key, ids])).toEqual([
    ['overdue', [1]],
    ['today', [3, 8, 2]],
  ])
  expect(groups(tasks, { view: 'all' }).at(-1)).toEqual(['done', 'Completed', [8, 7, 9], true])
})

test('a task is in a view that shows it', () => {
  const task = taskWith({ due_date: '2026-03-02', tags: ['home'], priority: 'high' })
  expect(isInView(task, { view: 'today' }, moment)).toBe(true)
  expect(isInView(task, { view: 'upcoming' }, moment)).toBe(false)
  expect(isInView(task, { view: 'tag', tag: 'home' }, moment)).toBe(true)
  expect(isInView(task, { view: 'tag', tag: 'hom' }, moment)).toBe(false)
  expect(isInView(task, { view: 'all', priority: 'none' }, moment)).toBe(false)
})

test('a search finds titles and descriptions, whatever their case and accents', () => {
  const task = taskWith({ title: 'Café kaufen', description: 'Über Österreich' })
  const finds = (search: string) => isMatch(task, { view: 'all', search })
  expect([' CAFE ', 'österreich', 'uber', '', 'tee'].map(finds)).toEqual([true, true, true, true, false])
  expect(isMatch(taskWith({ description: null }), { view: 'all', search: 'null' })).toBe(false)
  expect(isMatch(taskWith(), { view: 'all', priority: 'none' })).toBe(true)
  expect(foldLetters('Ñandú')).toBe('nandu')
})

const time = (day: number) => `2026-01-0${day}T00:00:00.000Z`
const sorted = [
  taskWith({ id: 1, title: 'b', position: 'b', created_at: time(1), updated_at: time(3), due_date: '2026-03-02' }),
  taskWith({
    id: 2,
    title: 'A',
    position: 'a',
    created_at: time(1),
    updated_at: time(1),
    due_date: '2026-03-02',
    due_time: '08:00',
    priority: 'low',
  }),
  taskWith({
    id: -3,
    title: 'c',
    position: 'b',
    created_at: time(1),
    updated_at: time(3),
    completed_at: time(5),
    priority: 'high',
  }),
]

test.each([
  ['manual', [2, -3, 1]],
  ['newest', [-3, 2, 1]],
  ['oldest', [1, 2, -3]],
  ['due', [2, 1, -3]],
  ['priority', [-3, 2, 1]],
  ['changed', [-3, 1, 2]],
  ['completed', [-3, 2, 1]],
  ['title', [2, 1, -3]],
  ['title_back', [-3, 1, 2]],
] as const)('sorted by %s', (sort, ids) => {
  expect(sorted.toSorted(orderOf(sort)).map(({ id }) => id)).toEqual(ids)
})

test('a view is sorted as its address says, or as is useful for it', () => {
  expect(sorts.map((sort) => sortOf('all', sort))).toEqual(sorts)
  expect(sortOf('today', undefined)).toBe('due')
  expect(sortOf('upcoming', 'nonsense')).toBe('due')
  expect(sortOf('completed', undefined)).toBe('completed')
  expect(sortOf('tag', undefined)).toBe('manual')
})
