import { afterAll, describe, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices } from '../../testing/services.ts'
import type { ListInput, TaskFields } from './schema.ts'

const api = await testServices()
afterAll(api.close)

/** A user for whom it is `clock.now`. */
function userAt(now: string) {
  const clock = { now: new Date(now) }
  const { task, viewer } = api.caller(newUser(), { services: { ...api.services, now: () => clock.now } })
  const titles = async (input: ListInput) => (await task.list(input)).items.map(({ title }) => title)
  const add = (title: string, fields: Omit<TaskFields, 'title'> = {}) => task.create({ title, ...fields })
  return { clock, task, viewer, titles, add }
}

describe('today', () => {
  test('is the day in the zone that is asked for: at 23:30 in Kathmandu it is morning in Los Angeles', async () => {
    const user = userAt('2026-11-21T17:45:00Z')
    await user.add('timed in Kathmandu', { due_date: '2026-11-22', due_time: '00:30', due_zone: 'Asia/Kathmandu' })
    await user.add('timed in Los Angeles', {
      due_date: '2026-11-21',
      due_time: '23:30',
      due_zone: 'America/Los_Angeles',
    })
    await user.add('the 21st', { due_date: '2026-11-21' })
    await user.add('the 22nd', { due_date: '2026-11-22' })
    await user.add('at 23:00 wherever one is', { due_date: '2026-11-21', due_time: '23:00' })
    const there = { zone: 'Asia/Kathmandu' }
    const here = { zone: 'America/Los_Angeles' }
    expect(await user.titles({ due: 'today', ...there })).toEqual(['at 23:00 wherever one is', 'the 21st'])
    expect(await user.titles({ due: 'today', ...here })).toEqual([
      'at 23:00 wherever one is',
      'the 21st',
      'timed in Los Angeles',
      'timed in Kathmandu',
    ])
    expect(await user.titles({ due: 'upcoming', ...there })).toEqual([
      'the 22nd',
      'timed in Los Angeles',
      'timed in Kathmandu',
    ])
    expect(await user.titles({ due: 'upcoming', ...here })).toEqual(['the 22nd'])
    expect(await user.titles({ due: 'overdue', ...there })).toEqual(['at 23:00 wherever one is'])
    expect(await user.titles({ due: 'overdue', ...here })).toEqual([])
  })

  test("is the day in the user's zone, and in UTC for a user without one", async () => {
    const user = userAt('2026-11-21T18:30:00Z')
    await user.add('the 21st', { due_date: '2026-11-21' })
    await user.add('the 22nd', { due_date: '2026-11-22' })
    expect(await user.titles({ due: 'today' })).toEqual(['the 21st'])
    await user.viewer.update({ time_zone: 'Asia/Kathmandu' })
    expect(await user.titles({ due: 'today' })).toEqual(['the 22nd'])
    expect(await user.titles({ due: 'overdue' })).toEqual(['the 21st'])
    expect(await user.task.counts({})).toMatchObject({ today: 1, overdue: 1 })
    expect(await user.titles({ due: 'today', zone: 'UTC' })).toEqual(['the 21st'])
    expect(await user.titles({ due: 'today', zone: '' })).toEqual(['the 22nd'])
  })

  test('stays the day and the zone of the first page on all pages', async () => {
    const user = userAt('2026-11-21T23:59:00Z')
    for (const title of ['a', 'b', 'c']) await user.add(title, { due_date: '2026-11-21' })
    await user.add('tomorrow', { due_date: '2026-11-22' })
    const { next_cursor } = await user.task.list({ due: 'today', limit: 1 })
    const cursor = next_cursor ?? ''
    user.clock.now = new Date('2026-11-22T00:01:00Z')
    await user.viewer.update({ time_zone: 'Pacific/Kiritimati' })
    expect(await user.titles({ due: 'today', cursor })).toEqual(['b', 'a'])
    expect(await user.titles({ due: 'today', zone: 'UTC' })).toEqual(['tomorrow'])
    for (const other of [
      { due: 'overdue' },
      { due: 'today', zone: 'UTC' },
      { due: 'today', tags: ['x'] },
      {},
    ] as const) {
      const { details } = await apiErrorOf(user.task.list({ ...other, cursor }))
      expect(details.fields).toMatchObject([{ loc: ['cursor'] }])
    }
  })
})

describe('a view', () => {
  test('has pending tasks unless the status says otherwise, none and any have all', async () => {
    const user = userAt('2026-11-21T12:00:00Z')
    await user.add('late', { due_date: '2026-11-20' })
    await user.add('late and done', { due_date: '2026-11-20', completed: true })
    await user.add('undated')
    await user.add('undated and done', { completed: true })
    expect(await user.titles({ due: 'overdue' })).toEqual(['late'])
    expect(await user.titles({ due: 'overdue', status: 'all' })).toEqual(['late and done', 'late'])
    expect(await user.titles({ due: 'overdue', completed: true })).toEqual(['late and done'])
    expect(await user.titles({ due: 'any' })).toEqual(['late and done', 'late'])
    expect(await user.titles({ due: 'none' })).toEqual(['undated and done', 'undated'])
    expect(await user.titles({ due: 'none', status: 'pending' })).toEqual(['undated'])
  })

  test('of overdue tasks has a time as soon as it has passed, to the millisecond', async () => {
    const user = userAt('2026-11-21T17:00:00.000Z')
    await user.add('anywhere', { due_date: '2026-11-21', due_time: '17:00' })
    await user.add('in UTC', { due_date: '2026-11-21', due_time: '17:00', due_zone: 'UTC' })
    expect(await user.titles({ due: 'overdue' })).toEqual([])
    user.clock.now = new Date('2026-11-21T17:00:00.001Z')
    expect(await user.titles({ due: 'overdue' })).toEqual(['in UTC', 'anywhere'])
  })
})

describe('an order', () => {
  test('by due date puts tasks without a time after the timed ones of the day, and undated ones last in both', async () => {
    const user = userAt('2026-11-21T12:00:00Z')
    await user.add('undated')
    await user.add('day', { due_date: '2026-11-21' })
    await user.add('evening', { due_date: '2026-11-21', due_time: '19:00' })
    await user.add('earlier', { due_date: '2026-11-20' })
    expect(await user.titles({ sort: 'due_date' })).toEqual(['earlier', 'evening', 'day', 'undated'])
    expect(await user.titles({ sort: 'due_date', order: 'desc' })).toEqual(['day', 'evening', 'earlier', 'undated'])
  })

  test('by priority puts those without one last, and the newest first among equals, in both', async () => {
    const user = userAt('2026-11-21T12:00:00Z')
    for (const priority of ['low', null, 'high', 'medium', 'high'] as const) await user.add(`${priority}`, { priority })
    const ids = async (order?: 'asc' | 'desc') =>
      (await user.task.list({ sort: 'priority', order })).items.map(({ title, id }) => [title, id])
    const newestFirst = (all: readonly unknown[][]) =>
      all.every(([title, id], at) => {
        const before = all[at - 1]
        return before === undefined || before[0] !== title || Number(before[1]) > Number(id)
      })
    const down = await ids()
    const up = await ids('asc')
    expect(down.map(([title]) => title)).toEqual(['high', 'high', 'medium', 'low', 'null'])
    expect(up.map(([title]) => title)).toEqual(['low', 'medium', 'high', 'high', 'null'])
    expect([newestFirst(down), newestFirst(up)]).toEqual([true, true])
  })
})

test('counts are of pending tasks, and a tag counts whatever its letter case was', async () => {
  const user = userAt('2026-11-21T12:00:00Z')
  await user.add('a', { priority: 'high', tags: ['Work', 'x'], due_date: '2026-11-20' })
  await user.add('b', { priority: 'low', tags: ['work'], due_date: '2026-11-21' })
  await user.add('c', { tags: ['b'], due_date: '2026-11-28' })
  await user.add('d', { due_date: '2026-11-29' })
  await user.add('e')
  await user.add('done', { priority: 'high', tags: ['work'], due_date: '2026-11-20', completed: true })
  await user.task.delete({ task_id: (await user.add('gone', { tags: ['gone'] })).id })
  expect(await user.task.counts({})).toEqual({
    all: 6,
    pending: 5,
    completed: 1,
    overdue: 1,
    today: 1,
    upcoming: 1,
    no_date: 1,
    priority: { high: 1, medium: 0, low: 1, none: 3 },
    tags: [
      { tag: 'work', pending: 2 },
      { tag: 'b', pending: 1 },
      { tag: 'x', pending: 1 },
    ],
  })
  expect(await userAt('2026-11-21T12:00:00Z').task.counts({})).toMatchObject({ all: 0, tags: [] })
})

test('counts name the 200 tags that are used most', async () => {
  const user_id = newUser()
  const text = `INSERT INTO taskwire.task (user_id, title, tags)
    SELECT $1, 'x', array_agg('t' || to_char(n, 'FM000')) FROM generate_series(1, 201) n GROUP BY n % 11
    UNION ALL SELECT $1, 'y', '{t201}'`
  await api.services.sql({ text, values: [user_id] })
  const { tags } = await api.caller(user_id).task.counts({})
  expect(tags).toHaveLength(200)
  expect(tags.slice(0, 2)).toEqual([
    { tag: 't201', pending: 2 },
    { tag: 't001', pending: 1 },
  ])
  expect(tags.at(-1)).toEqual({ tag: 't199', pending: 1 })
})

test('counts are of the zone that is asked for', async () => {
  const user = userAt('2026-11-21T18:30:00Z')
  await user.add('the 21st', { due_date: '2026-11-21' })
  expect(await user.task.counts({})).toMatchObject({ today: 1, overdue: 0 })
  expect(await user.task.counts({ zone: 'Asia/Kathmandu' })).toMatchObject({ today: 0, overdue: 1 })
})

test('a list by when tasks start has those without a start among the started ones', async () => {
  const user = userAt('2026-11-21T18:30:00Z')
  await user.add('none')
  for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) await user.add(day, { start_date: day })
  expect(await user.titles({ started: true })).toEqual(['2026-11-21', '2026-11-20', 'none'])
  expect(await user.titles({ started: false })).toEqual(['2026-11-22'])
  expect(await user.titles({ started: false, zone: 'Asia/Kathmandu' })).toEqual([])
})

test('a list from one day to another has both', async () => {
  const user = userAt('2026-11-21T12:00:00Z')
  for (const due_date of ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'])
    await user.add(due_date, { due_date })
  await user.add('undated')
  for (const more of [{}, { status: 'pending' }] as const) {
    expect(await user.titles({ due_from: '2026-11-21', due_to: '2026-11-22', ...more })).toEqual([
      '2026-11-22',
      '2026-11-21',
    ])
  }
})

test('a list by priority or by tags has those with one of the priorities, and with all of the tags', async () => {
  const user = userAt('2026-11-21T12:00:00Z')
  await user.add('a', { priority: 'high', tags: ['x', 'y'] })
  await user.add('b', { priority: 'low', tags: ['x'] })
  await user.add('c')
  expect(await user.titles({ priority: ['high', 'low'] })).toEqual(['b', 'a'])
  expect(await user.titles({ priority: ['none', 'high'] })).toEqual(['c', 'a'])
  expect(await user.titles({ priority: ['none'] })).toEqual(['c'])
  expect(await user.titles({ tags: ['x', 'y'] })).toEqual(['a'])
})

test.each([
  ['UTC', '2026-11-21T12:00:00Z'],
  ['Asia/Kathmandu', '2026-11-20T18:15:00Z'],
  ['America/Los_Angeles', '2026-11-22T07:59:59.999Z'],
])('a timed task belongs to the day in %s, and to a view, from its midnight to the next', async (due_zone, now) => {
  const user = userAt(now)
  for (const [due_date, due_time] of [
    ['2026-11-20', '23:59'],
    ['2026-11-21', '00:00'],
    ['2026-11-21', '23:59'],
    ['2026-11-22', '00:00'],
    ['2026-11-28', '23:59'],
    ['2026-11-29', '00:00'],
  ] as const) {
    await user.add(`${due_date} ${due_time}`, { due_date, due_time, due_zone })
  }
  const zone = due_zone
  for (const status of ['pending', 'all'] as const) {
    const view = (due: 'today' | 'upcoming') => user.titles({ due, zone, status, order: 'asc' })
    expect(await view('today')).toEqual(['2026-11-21 00:00', '2026-11-21 23:59'])
    expect(await view('upcoming')).toEqual(['2026-11-22 00:00', '2026-11-28 23:59'])
  }
  expect(await user.task.counts({ zone })).toMatchObject({ today: 2, upcoming: 2 })
})

test('the time zone of the server changes no byte', async () => {
  const user = userAt('2026-11-21T23:30:00Z')
  for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) {
    await user.add(day, { due_date: day, start_date: day })
    await user.add(`${day} 23:45`, { due_date: day, due_time: '23:45', due_zone: 'America/New_York' })
  }
  const before = process.env['TZ']
  const answers = new Set<string>()
  for (const zone of ['UTC', 'America/New_York', 'Pacific/Kiritimati']) {
    process.env['TZ'] = zone
    const lists = ['overdue', 'today', 'upcoming'] as const
    const found = await Promise.all([
      ...lists.map((due) => user.task.list({ due, sort: 'due_date' })),
      user.task.list({ started: true, limit: 2 }),
      user.task.counts({}),
    ])
    answers.add(JSON.stringify(found))
  }
  if (before === undefined) delete process.env['TZ']
  else process.env['TZ'] = before
  expect(answers.size).toBe(1)
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
