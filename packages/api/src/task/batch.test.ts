import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

function someone() {
  const user_id = newUser()
  const caller = api.caller(user_id)
  return {
    task: caller.task,
    change: caller.change,
    user_id,
    log: async () => (await caller.change.list({ since: 0, limit: 200 })).changes,
    titles: async () => (await caller.task.list({})).items.map(({ title }) => title),
  }
}

/** Everything that is stored for a user. */
async function stored(user_id: string) {
  const where = { user_id }
  return {
    tasks: await db.task.findMany({ where, orderBy: { id: 'asc' } }),
    changes: await db.change.findMany({ where, orderBy: { seq: 'asc' } }),
    counters: await db.changeCounter.findMany({ where }),
  }
}

const rent = { title: 'Rent', due_date: '2099-01-01', recurrence: { rule: 'FREQ=MONTHLY' } }

test('the operations of a batch are done in their order, each as its own operation does it', async () => {
  const { task, log } = someone()
  const { id: milk } = await task.create({ title: 'Milk', tags: ['shop', 'old'] })
  const { id: bread } = await task.create({ title: 'Bread' })
  const { id: rye } = await task.create(rent)
  const { results, first_seq, last_seq } = await task.batch({
    operations: [
      { do: 'create', title: ' Tea ', priority: 'low', ref: 'tea' },
      { do: 'update', ref: 'tea', due_date: '2099-05-01' },
      { do: 'move', ref: 'tea', to: 'last' },
      {
        do: 'update',
        task_id: milk,
        title: 'Oat milk',
        add_tags: ['New', 'shop'],
        remove_tags: ['old'],
        if_version: 1,
      },
      { do: 'complete', task_id: rye },
      { do: 'reopen', task_id: rye },
      { do: 'skip', task_id: rye },
      { do: 'complete', ref: 'tea' },
      { do: 'delete', task_id: bread },
    ],
  })
  expect(results.map((each) => ('task' in each ? [each.index, each.task.title, each.task.version] : each))).toEqual([
    [0, 'Tea', 1],
    [1, 'Tea', 2],
    [2, 'Tea', 3],
    [3, 'Oat milk', 2],
    [4, 'Rent', 2],
    [5, 'Rent', 3],
    [6, 'Rent', 4],
    [7, 'Tea', 4],
    [8, 'Bread', 1],
  ])
  expect([first_seq, last_seq]).toEqual([4, 14])
  const { items } = await task.list({ sort: 'position' })
  expect(items).toMatchObject([
    { title: 'Rent', due_date: '2099-02-01' },
    { title: 'Oat milk', tags: ['shop', 'new'] },
    { title: 'Tea', due_date: '2099-05-01', completed: true, priority: 'low' },
  ])
  const changes = await log()
  expect(changes.map(({ batch }) => batch)).toEqual([null, null, null, ...Array.from({ length: 11 }, () => 4)])
  expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, index) => index + 1))
  expect(changes.slice(7, 11)).toMatchObject([
    { kind: 'completed', part_of: null },
    { kind: 'created', part_of: 8 },
    { kind: 'deleted', part_of: null },
    { kind: 'reopened', part_of: 10 },
  ])
})

describe('an atomic batch', () => {
  test.each([
    ['an absent task', { do: 'update', task_id: 2_000_000_000, title: 'x' }, 'task_not_found', 404],
    ['an unknown ref', { do: 'delete', ref: 'nobody' }, 'task_not_found', 404],
    ['an unknown operation', { do: 'explode' }, 'validation_failed', 422],
    ['no object', 7, 'validation_failed', 422],
    ['null', null, 'validation_failed', 422],
    ['an unknown field', { do: 'create', title: 'x', colour: 'red' }, 'validation_failed', 422],
    ['an invalid field', { do: 'create', title: '' }, 'validation_failed', 422],
    ['a rule over several fields', { do: 'create', title: 'x', due_time: '10:00' }, 'validation_failed', 422],
    ['both task_id and ref', { do: 'complete', task_id: 1, ref: 'r0' }, 'validation_failed', 422],
    ['no task', { do: 'complete' }, 'validation_failed', 422],
    ['a ref that is taken', { do: 'create', title: 'x', ref: 'r0' }, 'validation_failed', 422],
    ['a stale version', { do: 'complete', ref: 'r0', if_version: 9 }, 'version_mismatch', 412],
    ['no recurrence', { do: 'skip', ref: 'r0' }, 'validation_failed', 422],
    ['two places', { do: 'move', ref: 'r0', to: 'last', after: 1 }, 'validation_failed', 422],
    [
      'too many tags',
      { do: 'update', ref: 'r0', add_tags: Array.from({ length: 21 }, (_, n) => `t${n}`) },
      'validation_failed',
      422,
    ],
    ['a key of its own', { do: 'create', title: 'x', idempotency_key: 'k' }, 'validation_failed', 422],
  ] as const)('of 100 operations whose last names %s leaves nothing', async (_, last, reason, status) => {
    const { user_id, task } = someone()
    const before = await stored(user_id)
    const operations = Array.from({ length: 99 }, (_, n) => ({ do: 'create', title: `${n}`, ref: `r${n}` }))
    // Malformed on purpose.
    const input: object = { operations: [...operations, last], idempotency_key: 'key' }
    const error = await apiErrorOf(task.batch(input as Parameters<typeof task.batch>[0]))
    expect(error).toMatchObject({ reason, status, details: { index: 99 } })
    expect(await stored(user_id)).toStrictEqual(before)
    expect(before.counters).toEqual([])
    expect(await task.create({ title: 'first', idempotency_key: 'key' })).toMatchObject({ title: 'first' })
  })

  test('that is refused for its version says what the task is now', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    const refused = task.batch({
      operations: [
        { do: 'update', task_id, title: 'x' },
        { do: 'update', task_id, title: 'y', if_version: 1 },
      ],
    })
    expect(await apiErrorOf(refused)).toMatchObject({
      reason: 'version_mismatch',
      details: { index: 1, current: { id: task_id, title: 'x', version: 2 } },
    })
    expect(await task.get({ task_id })).toMatchObject({ title: 'Milk', version: 1 })
  })

  test('names an invalid field by its place', async () => {
    const { task } = someone()
    const error = await apiErrorOf(task.batch({ operations: [{ do: 'create', title: 'x', due_time: '10:00' }] }))
    expect(error.details.fields).toEqual([
      { type: 'custom', loc: ['operations', 0, 'due_time'], msg: 'Needs due_date' },
    ])
  })
})

test('where a batch is not atomic, the others go on', async () => {
  const { task, titles } = someone()
  const { id: task_id } = await task.create({ title: 'Milk' })
  const answer = await task.batch({
    atomic: false,
    operations: [
      { do: 'create', title: '', ref: 'a' },
      { do: 'complete', ref: 'a' },
      { do: 'update', task_id, title: 'Oat milk' },
      { do: 'update', task_id, title: 'x', if_version: 1 },
      { do: 'create', title: 'Bread' },
    ],
  })
  expect(answer).toMatchObject({
    results: [
      { index: 0, error: { code: 'validation_failed', detail: [{ loc: ['operations', 0, 'title'] }] } },
      { index: 1, error: { code: 'task_not_found', detail: 'Task not found' } },
      { index: 2, task: { title: 'Oat milk' } },
      { index: 3, error: { code: 'version_mismatch', current: { title: 'Oat milk', version: 2 } } },
      { index: 4, task: { title: 'Bread' } },
    ],
    first_seq: 2,
    last_seq: 3,
  })
  expect(await titles()).toEqual(['Bread', 'Oat milk'])
})

test('a batch of which every operation is refused leaves nothing, and its key is free', async () => {
  const { user_id, task } = someone()
  const before = await stored(user_id)
  const input = { atomic: false, operations: [{ do: 'delete' as const, task_id: 2_000_000_000 }], idempotency_key: 'k' }
  expect(await task.batch(input)).toEqual({
    results: [{ index: 0, error: { code: 'task_not_found', detail: 'Task not found' } }],
    first_seq: null,
    last_seq: null,
  })
  expect(await stored(user_id)).toStrictEqual(before)
  await task.create({ title: 'x', idempotency_key: 'k' })
})

test('a refusal that names what cannot be stored is kept with its batch all the same', async () => {
  const { task } = someone()
  const [nul, half]: [object, object] = [{ 'a\0b': 1 }, { '\uD83D': 1 }]
  const input = {
    atomic: false,
    operations: [
      { do: 'create' as const, title: 'x' },
      { do: 'create' as const, title: 'y', ...nul },
      { do: 'create' as const, title: 'z', ...half },
    ],
    idempotency_key: 'k',
  }
  const answer = await task.batch(input)
  expect(answer).toMatchObject({
    results: [
      { task: { title: 'x' } },
      { error: { detail: [{ loc: ['operations', 1, 'a\uFFFDb'] }] } },
      { error: { detail: [{ loc: ['operations', 2, '\uFFFD'] }] } },
    ],
  })
  expect(await task.batch(input)).toEqual(answer)
})

describe('a repeat', () => {
  test.each([true, false])('gets the results of the first request, atomic: %s', async (atomic) => {
    const { user_id, task, log } = someone()
    const { id: task_id } = await task.create(rent)
    const refused = atomic ? [] : [{ do: 'update' as const, task_id, title: '' }]
    const input = {
      atomic,
      idempotency_key: 'key',
      operations: [
        { do: 'complete' as const, task_id },
        { do: 'reopen' as const, task_id },
        ...refused,
        { do: 'create' as const, title: 'x', ref: 'x' },
        { do: 'update' as const, ref: 'x', title: 'y' },
        { do: 'delete' as const, ref: 'x' },
      ],
    }
    const first = await task.batch(input)
    const changes = await log()
    await task.update({ task_id, title: 'changed since' })
    await task.delete({ task_id })
    expect(await task.batch(input)).toStrictEqual(first)
    expect(await api.replica().caller(user_id, { via: 'rest' }).task.batch(input)).toStrictEqual(first)
    expect((await log()).length).toBe(changes.length + 2)
    const other = task.batch({ ...input, operations: input.operations.slice(1) })
    expect(await apiErrorOf(other)).toMatchObject({ reason: 'idempotency_key_reused' })
  })

  test('sent twenty times at once has one effect', async () => {
    const { user_id, log } = someone()
    const replicas = [api, api.replica()]
    const input = {
      operations: Array.from({ length: 5 }, (_, n) => ({ do: 'create' as const, title: `${n}` })),
      idempotency_key: 'key',
    }
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (replicas[n % 2] ?? api).caller(user_id).task.batch(input)),
    )
    for (const answer of answers) expect(answer).toStrictEqual(answers[0])
    expect((await log()).length).toBe(5)
  })
})

test('batches and single writes of the same tasks at once lose nothing and leave no gap in the log', async () => {
  const { user_id, task, log } = someone()
  const { results } = await task.batch({
    operations: Array.from({ length: 6 }, (_, n) => ({ ...rent, do: 'create' as const, title: `${n}` })),
  })
  const ids = results.flatMap((each) => ('task' in each ? [each.task.id] : []))
  const other = api.replica().caller(user_id)
  const flip = (reversed: boolean) => {
    const ordered = reversed ? ids.toReversed() : ids
    return other.task.batch({
      operations: ordered.flatMap((task_id) => [
        { do: 'complete' as const, task_id },
        { do: 'reopen' as const, task_id },
        { do: 'update' as const, task_id, add_tags: [reversed ? 'a' : 'b'] },
      ]),
    })
  }
  await Promise.all([
    ...Array.from({ length: 4 }, (_, n) => flip(n % 2 === 0)),
    ...ids.flatMap((task_id) => [
      task.toggle({ task_id }),
      task.toggle({ task_id }),
      task.update({ task_id, title: 'z' }),
    ]),
  ])
  const changes = await log()
  const { next } = await api.caller(user_id).change.list({})
  expect(changes.map(({ seq }) => seq)).toEqual(Array.from({ length: Math.min(200, next) }, (_, n) => n + 1))
  const { items } = await task.list({ tags: ['a', 'b'], limit: 200 })
  expect(items.filter(({ id }) => ids.includes(id)).length).toBe(6)
})

test('the log shows a batch only whole: nobody reads between its changes', async () => {
  const { user_id, task } = someone()
  let last = 0
  let isDone = false
  const reading = (async () => {
    while (!isDone) {
      const { next } = await api.caller(user_id).change.list({})
      expect([last, last + 50]).toContain(next)
      last = next
    }
  })()
  try {
    for (let count = 0; count < 3; count++) {
      await task.batch({ operations: Array.from({ length: 50 }, () => ({ do: 'create' as const, title: 'x' })) })
    }
  } finally {
    isDone = true
    await reading
  }
})

test('undoing one change of a batch takes back that one alone', async () => {
  const { task, change, titles } = someone()
  await task.batch({ operations: ['a', 'b', 'c'].map((title) => ({ do: 'create', title })) })
  await change.undo({ seq: 2 })
  expect(await titles()).toEqual(['c', 'a'])
})

test.each([
  { operations: [] },
  { operations: Array.from({ length: 101 }, () => ({ do: 'create' as const, title: 'x' })) },
])('a batch of none or of more than 100 operations is invalid', async (input) => {
  expect(await apiErrorOf(someone().task.batch(input))).toMatchObject({
    reason: 'validation_failed',
    details: { fields: [{ loc: ['operations'] }] },
  })
})

test('a batch neither finds nor locks the tasks of another user', async () => {
  const { user_id, task } = someone()
  const { id: task_id } = await task.create({ title: 'Milk', tags: ['a'] })
  const before = await stored(user_id)
  const stranger = someone()
  const kinds = ['complete', 'reopen', 'skip', 'delete', 'update', 'move'] as const
  const { results } = await stranger.task.batch({
    atomic: false,
    operations: [
      { do: 'create', title: 'own' },
      ...kinds.map((kind) =>
        kind === 'update'
          ? { do: kind, task_id, add_tags: ['b'] }
          : kind === 'move'
            ? { do: kind, task_id, to: 'last' as const }
            : { do: kind, task_id },
      ),
    ],
  })
  expect(results.slice(1)).toMatchObject(kinds.map(() => ({ error: { code: 'task_not_found' } })))
  expect(await stored(user_id)).toStrictEqual(before)
})

test('tags that are added come behind those that are kept, and neither goes with a list of its own', async () => {
  const { task } = someone()
  const { id: task_id } = await task.create({ title: 'Milk', tags: ['b', 'old', 'a'] })
  await task.batch({ operations: [{ do: 'update', task_id, add_tags: ['C', 'a'], remove_tags: ['OLD'] }] })
  expect(await task.get({ task_id })).toMatchObject({ tags: ['b', 'a', 'c'] })
  const both = task.batch({ operations: [{ do: 'update', task_id, tags: [], remove_tags: ['a'] }] })
  expect((await apiErrorOf(both)).details.fields).toMatchObject([{ loc: ['operations', 0, 'tags'] }])
})

test('a repeat of a batch whose changes the log has purged says so', async () => {
  const { user_id, task } = someone()
  const input = { operations: ['a', 'b'].map((title) => ({ do: 'create' as const, title })), idempotency_key: 'k' }
  await task.batch(input)
  await api.services.sql({ text: 'DELETE FROM taskwire.change WHERE user_id = $1 AND seq = 2', values: [user_id] })
  expect((await apiErrorOf(task.batch(input))).reason).toBe('changes_expired')
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
