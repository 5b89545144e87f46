import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices, type Caller } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** Tasks with the titles a, b, c and so on, which stand in this order. */
async function tasksInOrder(count: number) {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const ids: Record<string, number> = {}
  for (const letter of 'abcdefgh'.slice(0, count).split('').toReversed()) {
    ids[letter] = (await caller.task.create({ title: letter })).id
  }
  const id = (letter: string) => ids[letter] ?? 0
  return { user_id, caller, id, order: () => orderOf(caller) }
}

async function orderOf({ task }: Caller): Promise<string> {
  const { items } = await task.list({ sort: 'position' })
  return items.map(({ title }) => title).join('')
}

test('tasks stand newest first until one is moved', async () => {
  const { order, caller } = await tasksInOrder(4)
  expect(await order()).toBe('abcd')
  const { items } = await caller.task.list({ sort: 'position', order: 'desc' })
  expect(items.map(({ title }) => title).join('')).toBe('dcba')
  expect(items.every(({ position }) => /^a[0-9a-f]{8}$/.test(position))).toBe(true)
})

describe('moving', () => {
  test.each([
    ['d', { after: 'a' }, 'adbc'],
    ['d', { before: 'a' }, 'dabc'],
    ['a', { after: 'd' }, 'bcda'],
    ['a', { before: 'd' }, 'bcad'],
    ['c', { to: 'first' }, 'cabd'],
    ['b', { to: 'last' }, 'acdb'],
    ['a', { to: 'first' }, 'abcd'],
    ['d', { to: 'last' }, 'abcd'],
    ['b', { after: 'a' }, 'abcd'],
    ['b', { before: 'c' }, 'abcd'],
    ['b', { after: 'b' }, 'abcd'],
    ['b', { before: 'b' }, 'abcd'],
  ] as const)('%s to %o makes %s', async (letter, to, expected) => {
    const { order, caller, id } = await tasksInOrder(4)
    const place = 'to' in to ? to : Object.fromEntries(Object.entries(to).map(([side, of]) => [side, id(of)]))
    const moved = await caller.task.move({ task_id: id(letter), ...place })
    expect(await order()).toBe(expected)
    expect(moved).toMatchObject({ title: letter, version: 2 })
    expect(await caller.task.get({ task_id: moved.id })).toStrictEqual(moved)
  })

  test('a task that stands there already is a change that keeps its place', async () => {
    const { caller, id } = await tasksInOrder(3)
    const { position } = await caller.task.move({ task_id: id('c'), after: id('a') })
    for (const place of [{ after: id('a') }, { before: id('b') }, { after: id('c') }]) {
      expect(await caller.task.move({ task_id: id('c'), ...place })).toMatchObject({ position })
    }
    expect(await caller.task.get({ task_id: id('c') })).toMatchObject({ version: 5 })
  })

  test('the only task anywhere keeps its place', async () => {
    const { caller, id, order } = await tasksInOrder(1)
    const { position } = await caller.task.get({ task_id: id('a') })
    expect(await caller.task.move({ task_id: id('a'), to: 'first' })).toMatchObject({ position, version: 2 })
    expect(await caller.task.move({ task_id: id('a'), to: 'last' })).toMatchObject({ position, version: 3 })
    expect(await order()).toBe('a')
  })

  test('new tasks come first, also in front of one that was moved to the first place', async () => {
    const { caller, id, order } = await tasksInOrder(3)
    await caller.task.move({ task_id: id('c'), to: 'first' })
    await caller.task.move({ task_id: id('b'), to: 'first' })
    await caller.task.create({ title: 'new' })
    expect(await order()).toBe('newbca')
  })

  test('a task that comes back from the trash stands where it stood', async () => {
    const { caller, id, order } = await tasksInOrder(4)
    await caller.task.move({ task_id: id('d'), after: id('a') })
    await caller.task.delete({ task_id: id('d') })
    await caller.task.move({ task_id: id('c'), after: id('a') })
    await caller.change.undo({ seq: 6 })
    expect(new Set(await order())).toEqual(new Set('abcd'))
    expect(await order()).toMatch(/^a(cd|dc)b$/)
  })
})

test('a task that was moved to the first place stays in front of the newest one when that comes back from the trash', async () => {
  const { caller, id, order } = await tasksInOrder(3)
  await caller.task.delete({ task_id: id('a') })
  await caller.task.move({ task_id: id('c'), to: 'first' })
  expect(await order()).toBe('cb')
  const last = await caller.change.list({})
  await caller.change.undo({ seq: last.next - 1 })
  expect(await order()).toBe('cab')
})

describe('two moves at the same time', () => {
  test('behind the same task leave both behind it, with different places', async () => {
    const { user_id, caller, id, order } = await tasksInOrder(8)
    const other = api.replica().caller(user_id)
    await Promise.all(
      'cdefgh'
        .split('')
        .map((letter, n) => (n % 2 === 0 ? caller : other).task.move({ task_id: id(letter), after: id('a') })),
    )
    expect(await order()).toMatch(/^a[c-h]{6}b$/)
    const { items } = await caller.task.list({})
    expect(new Set(items.map(({ position }) => position)).size).toBe(8)
  })

  test('to the first place leave both in front of all others', async () => {
    const { caller, id, order } = await tasksInOrder(5)
    await Promise.all(['d', 'e'].map((letter) => caller.task.move({ task_id: id(letter), to: 'first' })))
    expect(await order()).toMatch(/^(de|ed)abc$/)
  })
})

describe('a move', () => {
  test('is a change of kind updated, and undoing it brings the task back to its place', async () => {
    const { caller, id, order } = await tasksInOrder(3)
    const { position } = await caller.task.get({ task_id: id('c') })
    const moved = await caller.task.move({ task_id: id('c'), to: 'first' })
    const { changes } = await caller.change.list({ since: 3 })
    expect(changes).toMatchObject([
      { seq: 4, kind: 'updated', before: { position }, after: { position: moved.position } },
    ])
    await caller.change.undo({ seq: 4 })
    expect(await order()).toBe('abc')
    await caller.change.undo({ seq: 5 })
    expect(await order()).toBe('cab')
  })

  test('is not undone by the undo of an earlier change, and stands in the way of no undo but that of a move', async () => {
    const { caller, id, order } = await tasksInOrder(3)
    await caller.task.update({ task_id: id('c'), title: 'x' })
    await caller.task.move({ task_id: id('c'), to: 'first' })
    await caller.change.undo({ seq: 4 })
    expect(await order()).toBe('cab')
    await caller.task.move({ task_id: id('c'), to: 'last' })
    expect(await apiErrorOf(caller.change.undo({ seq: 5 }))).toMatchObject({ reason: 'undo_conflict' })
    expect(await order()).toBe('abc')
  })

  test('fails where the task or its neighbour is absent, deleted or of another user, and changes nothing', async () => {
    const { caller, id, order } = await tasksInOrder(3)
    const { id: foreign } = await api.caller(newUser()).task.create({ title: 'foreign' })
    await caller.task.delete({ task_id: id('c') })
    for (const [task_id, place] of [
      [foreign, { to: 'first' }],
      [id('c'), { to: 'first' }],
      [2_000_000_000, { to: 'last' }],
      [3_000_000_000, { after: id('a') }],
      [id('a'), { after: foreign }],
      [id('a'), { before: id('c') }],
      [id('a'), { after: 2_000_000_000 }],
    ] as const) {
      expect(await apiErrorOf(caller.task.move({ task_id, ...place }))).toMatchObject({ reason: 'task_not_found' })
    }
    expect(await order()).toBe('ab')
    expect(await caller.change.list({})).toMatchObject({ next: 4 })
  })

  test('at a stale version fails with the task as it is', async () => {
    const { caller, id } = await tasksInOrder(2)
    const stale = await apiErrorOf(caller.task.move({ task_id: id('b'), to: 'first', if_version: 2 }))
    expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current: { id: id('b'), version: 1 } } })
    expect(await caller.task.move({ task_id: id('b'), to: 'first', if_version: 1 })).toMatchObject({ version: 2 })
  })

  test.each([{}, { after: 1, before: 2 }, { after: 1, to: 'first' as const }, { before: 1, to: 'last' as const }])(
    'to %o is invalid',
    async (place) => {
      const { caller, id } = await tasksInOrder(1)
      expect(await apiErrorOf(caller.task.move({ task_id: id('a'), ...place }))).toMatchObject({
        reason: 'validation_failed',
        details: { fields: [{ msg: 'Name exactly one of after, before and to' }] },
      })
    },
  )
})

test('pages in the manual order neither overlap nor skip, in both directions', async () => {
  const { caller, id } = await tasksInOrder(8)
  for (const letter of 'hcf') await caller.task.move({ task_id: id(letter), after: id('a') })
  await caller.task.move({ task_id: id('b'), to: 'last' })
  for (const order of ['asc', 'desc'] as const) {
    let found = ''
    let cursor: string | undefined
    do {
      const page = await caller.task.list({ sort: 'position', order, limit: 3, cursor })
      found += page.items.map(({ title }) => title).join('')
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(found).toBe(order === 'asc' ? 'afchdegb' : 'bgedhcfa')
  }
})

test('an entry of the log from before there were places shows none, and a repeat of its request has one', async () => {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const request = { title: 'a', description: 'd', idempotency_key: 'k' }
  const created = await task.create(request)
  await api.services.db.$executeRaw`UPDATE taskwire.change SET after = after - 'position', shape = NULL
    WHERE user_id = ${user_id}`
  const { changes } = await change.list({ since: 0 })
  expect(changes[0]?.after).not.toHaveProperty('position')
  expect(await task.create(request)).toStrictEqual(created)
  await task.update({ task_id: created.id, title: 'b' })
  await task.move({ task_id: created.id, to: 'last' })
  await change.undo({ seq: 2 })
  expect(await task.get({ task_id: created.id })).toMatchObject({ title: 'a', position: created.position })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
