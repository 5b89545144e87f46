import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices, type Caller } from '../../testing/services.ts'
import type { ListInput, Task } from './schema.ts'

const api = await testServices()
afterAll(api.close)

const { sql } = api.services

/** A user with tasks of these titles, created one after the other. */
async function userWith(...titles: string[]) {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const tasks: Task[] = []
  for (const title of titles) tasks.push(await task.create({ title }))
  return { user_id, task, change, tasks }
}

async function titles({ task }: Pick<Caller, 'task'>, input: ListInput): Promise<string[]> {
  const { items } = await task.list(input)
  return items.map(({ title }) => title)
}

/** All pages of a list with this `limit`; `between` runs after every page. */
async function walk(
  { task }: Pick<Caller, 'task'>,
  input: ListInput,
  between: () => Promise<unknown> = async () => {},
) {
  const found: Task[] = []
  let cursor: string | undefined
  do {
    const page = await task.list({ ...input, cursor })
    found.push(...page.items)
    cursor = page.next_cursor ?? undefined
    await between()
  } while (cursor !== undefined)
  return found
}

describe('filters', () => {
  test("a list never contains another user's tasks", async () => {
    await userWith('mine')
    expect(await titles(await userWith(), {})).toEqual([])
  })

  test('status and completed filter the list, and both apply if both are given', async () => {
    const user = await userWith('a', 'b', 'c', 'd')
    const [, b, c] = user.tasks
    await user.task.complete({ task_id: b?.id ?? 0 })
    await user.task.delete({ task_id: c?.id ?? 0 })
    for (const [input, expected] of [
      [{}, ['d', 'b', 'a']],
      [{ status: 'all' }, ['d', 'b', 'a']],
      [{ status: 'pending' }, ['d', 'a']],
      [{ status: 'completed' }, ['b']],
      [{ status: 'deleted' }, ['c']],
      [{ completed: true }, ['b']],
      [{ completed: false }, ['d', 'a']],
      [{ status: 'all', completed: false }, ['d', 'a']],
      [{ status: 'pending', completed: false }, ['d', 'a']],
      [{ status: 'pending', completed: true }, []],
      [{ status: 'completed', completed: false }, []],
      [{ status: 'deleted', completed: true }, []],
      [{ status: 'deleted', completed: false }, ['c']],
    ] satisfies [ListInput, string[]][]) {
      expect([input, await titles(user, input)]).toEqual([input, expected])
    }
  })

  test('only tasks in the trash have deleted_at', async () => {
    const user = await userWith('a', 'b')
    await user.task.delete({ task_id: user.tasks[0]?.id ?? 0 })
    expect((await user.task.list({ status: 'deleted' })).items[0]).toHaveProperty('deleted_at')
    expect((await user.task.list({})).items[0]).not.toHaveProperty('deleted_at')
  })

  test.each([
    ['status', { status: 'done' }, 'Must be one of: all, pending, completed, deleted'],
    [
      'sort',
      { sort: 'id' },
      'Must be one of: created, created_at, title, updated_at, due_date, priority, completed_at, position',
    ],
    ['due', { due: 'soon' }, 'Must be one of: overdue, today, upcoming, none, any'],
    ['due_from', { due_from: '2026-02-30' }, 'There is no such day'],
    ['due_to', { due_to: 'all' }, 'Must be a date (YYYY-MM-DD)'],
    ['zone', { zone: '+02:00' }, 'Unknown time zone'],
    ['tags', { tags: 'a,,b' }, 'Must not be empty'],
    ['tags', { tags: ['#a'] }, 'Must not begin with #'],
    ['tags', { tags: 'x'.repeat(51) }, 'Must have at most 50 characters'],
    ['tags', { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'At most 20 tags'],
    ['tags', { tags: 7 }, 'Must be a list'],
    ['priority', { priority: 'high,urgent' }, 'Must be high, medium, low or none'],
    ['priority', { priority: 'high,all' }, 'Must be high, medium, low or none'],
    ['priority', { priority: null }, 'Must be high, medium, low or none'],
    ['started', { started: 'yes' }, 'Must be true or false'],
    ['order', { order: 'up' }, 'Must be one of: asc, desc'],
    ['limit', { limit: 0 }, 'Must be at least 1'],
    ['limit', { limit: 201 }, 'Must be at most 200'],
    ['limit', { limit: 1.5 }, 'Must be an integer'],
    ['search', { search: 'a\0' }, 'Must not contain NUL characters'],
    ['search', { search: '\uD800' }, 'Must not contain lone surrogates'],
    ['search', { search: 'x'.repeat(1001) }, 'Must have at most 1000 characters'],
    ['page', { page: 2 }, 'Unknown field'],
  ])('an invalid %s is rejected: %j', async (name, input, msg) => {
    const { task } = await userWith()
    const list: unknown = task.list
    if (typeof list !== 'function') throw new Error('no procedure')
    const { reason, details } = await apiErrorOf(Promise.resolve(list(input)))
    expect(reason).toBe('validation_failed')
    expect(details.fields).toMatchObject([{ loc: [name], msg }])
  })
})

describe('search', () => {
  test('matches its text literally, anywhere in the title or description', async () => {
    const user = await userWith('100% sure', '100 sure', 'a_b', 'axb', 'back\\slash', 'star*', "it's")
    await user.task.create({ title: 'other', description: 'with 50% in it' })
    for (const [search, expected] of [
      ['%', ['other', '100% sure']],
      ['100%', ['100% sure']],
      ['_', ['a_b']],
      ['a_b', ['a_b']],
      ['\\', ['back\\slash']],
      ['\\%', []],
      ['*', ['star*']],
      ["'", ["it's"]],
      ['50%', ['other']],
      ['nowhere', []],
    ] satisfies [string, string[]][]) {
      expect([search, await titles(user, { search })]).toEqual([search, expected])
    }
  })

  test('ignores letter case, in every script', async () => {
    const user = await userWith('Übergrößen kaufen', 'ПРИВЕТ', 'Café')
    for (const [search, expected] of [
      ['übergrößen', 'Übergrößen kaufen'],
      ['ÜBER', 'Übergrößen kaufen'],
      ['привет', 'ПРИВЕТ'],
      ['CAFÉ', 'Café'],
    ] as const) {
      expect(await titles(user, { search })).toEqual([expected])
    }
  })

  test('treats an empty text as no search, and a space as text', async () => {
    const user = await userWith('a b', 'ab')
    expect(await titles(user, { search: '' })).toEqual(['ab', 'a b'])
    expect(await titles(user, { search: ' ' })).toEqual(['a b'])
  })

  test('combines with the other filters, and works in the trash', async () => {
    const user = await userWith('red one', 'red two', 'blue')
    await user.task.complete({ task_id: user.tasks[0]?.id ?? 0 })
    await user.task.delete({ task_id: user.tasks[1]?.id ?? 0 })
    expect(await titles(user, { search: 'red' })).toEqual(['red one'])
    expect(await titles(user, { search: 'red', completed: false })).toEqual([])
    expect(await titles(user, { search: 'red', status: 'deleted' })).toEqual(['red two'])
  })
})

describe('order', () => {
  test('is newest first by default, and by id within one millisecond', async () => {
    const user_id = newUser()
    const text = `INSERT INTO taskwire.task (user_id, title, created_at)
      SELECT $1, 'task ' || n, '2026-01-01T00:00:00.001Z' FROM generate_series(1, 3) n`
    await sql({ text, values: [user_id] })
    expect(await titles(api.caller(user_id), {})).toEqual(['task 3', 'task 2', 'task 1'])
    expect(await titles(api.caller(user_id), { order: 'asc' })).toEqual(['task 1', 'task 2', 'task 3'])
  })

  test('by created is by created_at, and by updated_at is by the last change', async () => {
    const user = await userWith('a', 'b', 'c')
    // Times are whole milliseconds, and a write may take less.
    await pause(2)
    await user.task.toggle({ task_id: user.tasks[0]?.id ?? 0 })
    expect(await titles(user, { sort: 'created' })).toEqual(['c', 'b', 'a'])
    expect(await titles(user, { sort: 'created_at', order: 'asc' })).toEqual(['a', 'b', 'c'])
    expect(await titles(user, { sort: 'updated_at' })).toEqual(['a', 'c', 'b'])
    expect(await titles(user, { sort: 'updated_at', order: 'asc' })).toEqual(['b', 'c', 'a'])
  })

  test('by title is by its lower case, then by id, whatever the collation of the database', async () => {
    const user = await userWith('b', 'A', 'a', 'B', 'Ä', 'ä', '_', '10', '9', 'a b')
    const sorted = ['10', '9', '_', 'A', 'a', 'a b', 'b', 'B', 'Ä', 'ä']
    expect(await titles(user, { sort: 'title' })).toEqual(sorted)
    expect(await titles(user, { sort: 'title', order: 'desc' })).toEqual(sorted.toReversed())
  })
})

describe('pages', () => {
  const sorts = ['created_at', 'title', 'updated_at'] as const
  const orders = ['asc', 'desc'] as const
  const shapes = sorts.flatMap((sort) => orders.map((order) => ({ sort, order })))

  test('the default limit is 50, and the page has the cursor of the next one', async () => {
    const user = await userWith(...Array.from({ length: 51 }, (_, n) => `task ${n}`))
    const page = await user.task.list({})
    expect(page.items).toHaveLength(50)
    expect(page.next_cursor).toEqual(expect.any(String))
    const rest = await user.task.list({ cursor: page.next_cursor ?? undefined })
    expect(rest).toMatchObject({ items: [{ title: 'task 0' }], next_cursor: null })
  })

  test('a full last page has no next_cursor', async () => {
    const user = await userWith('a', 'b')
    expect((await user.task.list({ limit: 2 })).next_cursor).toBeNull()
    expect((await user.task.list({ limit: 1 })).next_cursor).not.toBeNull()
  })

  test.each(shapes)('pages by $sort $order add up to the whole list, equal values included', async (shape) => {
    const user_id = newUser()
    const text = `INSERT INTO taskwire.task (user_id, title, created_at, updated_at)
      SELECT $1, (ARRAY['b', 'B', 'ä', 'a😀', 'a'])[1 + n % 5], at, at
      FROM generate_series(1, 40) n, LATERAL (SELECT timestamptz '2026-01-01' + n / 7 * interval '1 ms' AS at) t`
    await sql({ text, values: [user_id] })
    const caller = api.caller(user_id)
    const whole = (await caller.task.list({ ...shape, limit: 200 })).items
    for (const limit of [1, 3, 7, 39, 40]) expect(await walk(caller, { ...shape, limit })).toEqual(whole)
  })

  test.each(shapes)('inserts between pages by $sort $order make no task appear twice or go missing', async (shape) => {
    const user = await userWith(...Array.from({ length: 30 }, (_, n) => `task ${n % 4}`))
    let n = 0
    const found = await walk(user, { ...shape, limit: 4 }, () =>
      n++ < 20 ? user.task.create({ title: `task ${n % 6}` }) : Promise.resolve(),
    )
    const ids = found.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(user.tasks.map(({ id }) => id)))
  })

  test('a search and the trash are paged too', async () => {
    const user = await userWith(...Array.from({ length: 12 }, (_, n) => (n % 2 ? `red ${n}` : `blue ${n}`)))
    expect(await walk(user, { search: 'RED', limit: 2 })).toHaveLength(6)
    for (const { id } of user.tasks) await user.task.delete({ task_id: id })
    expect(await walk(user, { status: 'deleted', limit: 5 })).toHaveLength(12)
  })

  test('a cursor remains valid after the last task of its page is deleted', async () => {
    const user = await userWith('a', 'b', 'c')
    const page = await user.task.list({ limit: 1 })
    await user.task.delete({ task_id: user.tasks[2]?.id ?? 0 })
    expect(await titles(user, { cursor: page.next_cursor ?? undefined })).toEqual(['b', 'a'])
  })

  test('a cursor works on another replica and with another limit', async () => {
    const user = await userWith('a', 'b', 'c')
    const page = await user.task.list({ limit: 1 })
    const there = api.replica().caller(user.user_id)
    expect(await titles(there, { limit: 2, cursor: page.next_cursor ?? undefined })).toEqual(['b', 'a'])
  })

  test('a cursor of another user, sort, order, filter or search is rejected, and so is a modified one', async () => {
    const user = await userWith('a', 'b', 'c')
    const stranger = await userWith('x', 'y')
    const cursor = (await user.task.list({ limit: 1 })).next_cursor ?? ''
    expect(await titles(user, { cursor, status: 'all', sort: 'created', order: 'desc', search: '' })).toEqual([
      'b',
      'a',
    ])
    const history = await user.task.history({ task_id: user.tasks[0]?.id ?? 0, limit: 1 })
    expect(history.next_cursor).toBeNull()
    const rejected: [Pick<Caller, 'task'>, ListInput][] = [
      [stranger, { cursor }],
      [user, { cursor, sort: 'title' }],
      [user, { cursor, sort: 'updated_at' }],
      [user, { cursor, order: 'asc' }],
      [user, { cursor, completed: false }],
      [user, { cursor, status: 'pending' }],
      [user, { cursor, status: 'deleted' }],
      [user, { cursor, status: 'pending', completed: true }],
      [user, { cursor, search: 'a' }],
      [user, { cursor: '' }],
      [user, { cursor: 'null' }],
      [user, { cursor: cursor.slice(0, -1) }],
      [user, { cursor: `${cursor}=` }],
      [user, { cursor: ` ${cursor}` }],
      [user, { cursor: cursor.slice(-22) }],
      [user, { cursor: `😀${cursor}` }],
      ...Array.from(cursor, (letter, index): [Pick<Caller, 'task'>, ListInput] => [
        user,
        { cursor: cursor.slice(0, index) + (letter === 'A' ? 'B' : 'A') + cursor.slice(index + 1) },
      ]),
    ]
    for (const [caller, input] of rejected) {
      const { reason, details } = await apiErrorOf(caller.task.list(input))
      expect([input, reason, details.fields?.[0]?.loc]).toEqual([input, 'validation_failed', ['cursor']])
    }
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})

test("the direction that tRPC's libraries add to infinite queries is no unknown field", async () => {
  const { task } = await userWith('a')
  const infinite = { limit: 2, direction: 'forward' }
  expect((await task.list(infinite)).items).toHaveLength(1)
  const backward = { limit: 2, direction: 'backward' }
  expect((await apiErrorOf(task.list(backward))).reason).toBe('validation_failed')
})
