import { afterAll, describe, expect, test } from 'vitest'
import { positionOf } from './position.ts'
import { addedDefaults, newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import type { Task } from './schema.ts'

const api = await testServices()
afterAll(api.close)

const RFC3339_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function someone() {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  return { user_id, task, change, stored: () => task.list({ limit: 200 }).then(({ items }) => items) }
}

/** A call without compile-time types, for inputs that only an untyped client can send. */
function untyped(procedure: unknown): (input?: unknown) => Promise<unknown> {
  if (typeof procedure !== 'function') throw new Error('no procedure')
  return (input) => Promise.resolve(procedure(input))
}

async function brokenRules(call: Promise<unknown>): Promise<string[]> {
  const { reason, status, details } = await apiErrorOf(call)
  expect([reason, status]).toEqual(['validation_failed', 422])
  return (details.fields ?? []).map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
}

describe('creating', () => {
  test('a task has its defaults, its owner and version 1', async () => {
    const { task, user_id } = someone()
    const created = await task.create({ title: 'Milk' })
    expect(created).toStrictEqual({
      id: expect.any(Number),
      user_id,
      title: 'Milk',
      description: null,
      completed: false,
      created_at: expect.stringMatching(RFC3339_MS),
      updated_at: created.created_at,
      version: 1,
      ...addedDefaults,
      position: positionOf(created.id),
    })
    expect(await task.get({ task_id: created.id })).toStrictEqual(created)
  })

  test('every field is stored as given', async () => {
    const { task } = someone()
    const given = { title: 'Milk', description: 'two\r\nlitres ', completed: true }
    expect(await task.create(given)).toMatchObject(given)
    expect(await task.create({ title: 'Milk', description: '' })).toMatchObject({ description: '' })
    expect(await task.create({ title: 'Milk', description: null })).toMatchObject({ description: null })
  })

  test.each([
    ['200 characters', 'x'.repeat(200)],
    ['200 emoji', '😀'.repeat(200)],
    ['200 letters with combining marks', 'e\u0301'.repeat(100)],
    ['right-to-left text and zero-width joiners', 'مهمة 👩‍👩‍👧‍👦'],
    ['quotes, backslashes and SQL', `Robert'); DROP TABLE task;-- \\ " %s $1`],
    ['a line break inside', 'a\nb'],
    ['U+FFFD itself', 'a\uFFFDb'],
    ['text that looks like JSON', '{"title":null}'],
  ])('a title of %s is stored unchanged', async (_, title) => {
    const { task } = someone()
    const { id } = await task.create({ title })
    expect((await task.get({ task_id: id })).title).toBe(title)
  })

  test('white space of every kind around a title is trimmed', async () => {
    const { task } = someone()
    const spaces = ' \t\r\n\v\f\u00A0\u1680\u2003\u2028\u3000\uFEFF'
    const { title } = await task.create({ title: `${spaces}Buy  milk${spaces}` })
    expect(title).toBe('Buy  milk')
    expect((await task.create({ title: ` ${'x'.repeat(200)} ` })).title).toHaveLength(200)
  })

  test.each([
    ['no title', {}, 'title: Field required'],
    ['a null title', { title: null }, 'title: Must be text'],
    ['a number as title', { title: 5 }, 'title: Must be text'],
    ['an empty title', { title: '' }, 'title: Must not be empty'],
    ['a blank title', { title: ' \u00A0\uFEFF\n' }, 'title: Must not be empty'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title: Must have at most 200 characters'],
    ['a title of 201 emoji', { title: '😀'.repeat(201) }, 'title: Must have at most 200 characters'],
    ['NUL in a title', { title: 'a\0b' }, 'title: Must not contain NUL characters'],
    ['a high surrogate alone', { title: 'a\uD83D' }, 'title: Must not contain lone surrogates'],
    ['a low surrogate alone', { title: '\uDE00a' }, 'title: Must not contain lone surrogates'],
    ['swapped surrogates', { title: '\uDE00\uD83D' }, 'title: Must not contain lone surrogates'],
    ['NUL in a description', { title: 'a', description: '\0' }, 'description: Must not contain NUL characters'],
    [
      'a surrogate in a description',
      { title: 'a', description: '\uD83D' },
      'description: Must not contain lone surrogates',
    ],
    [
      'a description of 1001 characters',
      { title: 'a', description: '😀'.repeat(1001) },
      'description: Must have at most 1000 characters',
    ],
    ['a description that is not text', { title: 'a', description: {} }, 'description: Must be text'],
    ['completed as text', { title: 'a', completed: 'true' }, 'completed: Must be true or false'],
    ['completed as a number', { title: 'a', completed: 1 }, 'completed: Must be true or false'],
    ['a null completed', { title: 'a', completed: null }, 'completed: Must be true or false'],
    ['an empty key', { title: 'a', idempotency_key: '' }, 'idempotency_key: Must be 1 to 255 visible ASCII characters'],
    [
      'a key of 256 characters',
      { title: 'a', idempotency_key: 'k'.repeat(256) },
      'idempotency_key: Must be 1 to 255 visible ASCII characters',
    ],
    [
      'a key with a space',
      { title: 'a', idempotency_key: 'a b' },
      'idempotency_key: Must be 1 to 255 visible ASCII characters',
    ],
    ['somebody else as owner', { title: 'a', user_id: 'mallory' }, 'user_id: Unknown field'],
    ['an id', { title: 'a', id: 1 }, 'id: Unknown field'],
    ['the columns of the log', { title: 'a', changed_via: 'rest' }, 'changed_via: Unknown field'],
    ['a list instead of fields', [], ': Must be an object'],
    ['nothing', undefined, 'title: Field required'],
    ['null', null, ': Must be an object'],
  ])('%s is rejected, and nothing is stored', async (_, input, rule) => {
    const { task, stored } = someone()
    expect(await brokenRules(untyped(task.create)(input))).toEqual([rule])
    expect(await stored()).toEqual([])
  })

  test('the error lists every broken rule, and each unknown field separately', async () => {
    const { task } = someone()
    const call = untyped(task.create)({ title: '', completed: 'yes', colour: 'red', size: 1 })
    expect(await brokenRules(call)).toEqual([
      'title: Must not be empty',
      'completed: Must be true or false',
      'colour: Unknown field',
      'size: Unknown field',
    ])
  })
})

describe('changing', () => {
  test('an update changes only the fields sent and increments the version', async () => {
    const { task } = someone()
    const created = await task.create({ title: 'Milk', description: 'two' })
    const task_id = created.id
    expect(await task.update({ task_id, title: ' Bread ' })).toMatchObject({
      title: 'Bread',
      description: 'two',
      completed: false,
      version: 2,
      created_at: created.created_at,
    })
    expect(await task.update({ task_id, description: null })).toMatchObject({ title: 'Bread', description: null })
    expect(await task.update({ task_id, completed: true })).toMatchObject({ completed: true, version: 4 })
    expect(await task.update({ task_id, completed: false })).toMatchObject({ completed: false, version: 5 })
  })

  test('an update without fields is a change: version and updated_at advance', async () => {
    const { task, change } = someone()
    const created = await task.create({ title: 'Milk' })
    const updated = await task.update({ task_id: created.id })
    expect(updated).toStrictEqual({ ...created, version: 2, updated_at: updated.updated_at })
    expect(Date.parse(updated.updated_at)).toBeGreaterThan(Date.parse(created.updated_at) - 1)
    const { changes } = await change.list({ since: 1 })
    expect(changes.map(({ kind }) => kind)).toEqual(['updated'])
  })

  test('toggle inverts completed; complete and reopen set it, and increment the version even if nothing differs', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    expect(await task.toggle({ task_id })).toMatchObject({ completed: true, version: 2 })
    expect(await task.toggle({ task_id })).toMatchObject({ completed: false, version: 3 })
    expect(await task.complete({ task_id })).toMatchObject({ completed: true, version: 4 })
    expect(await task.complete({ task_id })).toMatchObject({ completed: true, version: 5 })
    expect(await task.reopen({ task_id })).toMatchObject({ completed: false, version: 6 })
    expect(await task.reopen({ task_id })).toMatchObject({ completed: false, version: 7 })
  })

  test('delete returns the task as it was, moves it to the trash, and later calls do not find it', async () => {
    const { task } = someone()
    const created = await task.create({ title: 'Milk' })
    const task_id = created.id
    expect(await task.delete({ task_id })).toStrictEqual(created)
    for (const call of [task.get, task.update, task.toggle, task.complete, task.reopen, task.delete]) {
      expect(await apiErrorOf(call({ task_id }))).toMatchObject({ reason: 'task_not_found', status: 404 })
    }
    const { items } = await task.list({ status: 'deleted' })
    expect(items).toEqual([
      { ...created, version: 2, updated_at: items[0]?.updated_at, deleted_at: expect.stringMatching(RFC3339_MS) },
    ])
  })

  test.each([
    ['a null title', { title: null }, 'title: Must be text'],
    ['a blank title', { title: ' ' }, 'title: Must not be empty'],
    ['a null completed', { completed: null }, 'completed: Must be true or false'],
    ['an unknown field', { done: true }, 'done: Unknown field'],
    ['a version of its own', { version: 9 }, 'version: Unknown field'],
    ['a wanted version that is text', { if_version: '1' }, 'if_version: Must be a version, or a list of at most 50'],
    ['a wanted version with a fraction', { if_version: 1.5 }, 'if_version: Must be a version, or a list of at most 50'],
  ])('%s is rejected, and nothing changes', async (_, fields, rule) => {
    const { task } = someone()
    const created = await task.create({ title: 'Milk' })
    expect(await brokenRules(untyped(task.update)({ task_id: created.id, ...fields }))).toEqual([rule])
    expect(await task.get({ task_id: created.id })).toStrictEqual(created)
  })

  test.each([
    [1.5, 'task_id: Must be an integer'],
    [0, 'task_id: Must be greater than 0'],
    [-1, 'task_id: Must be greater than 0'],
    ['1', 'task_id: Must be a number'],
    [NaN, 'task_id: Must be a number'],
    [null, 'task_id: Must be a number'],
    [undefined, 'task_id: Field required'],
  ])('%s is rejected as a task id', async (task_id, rule) => {
    const { task } = someone()
    for (const call of [task.get, task.history, task.update, task.toggle, task.complete, task.reopen, task.delete]) {
      expect(await brokenRules(untyped(call)({ task_id }))).toEqual([rule])
    }
  })

  test.each([2_147_483_647, 2_147_483_648, 4_294_967_297, Number.MAX_SAFE_INTEGER, 1e300])(
    'task %d, which does not exist, is not found',
    async (task_id) => {
      const { task } = someone()
      for (const call of [task.get, task.history, task.update, task.toggle, task.complete, task.reopen, task.delete]) {
        expect(await apiErrorOf(call({ task_id }))).toMatchObject({ reason: 'task_not_found' })
      }
    },
  )

  test('the times of changes to one task never decrease', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    await Promise.all(Array.from({ length: 20 }, () => task.toggle({ task_id })))
    const { items } = await task.history({ task_id })
    const times = items.map(({ created_at }) => created_at)
    expect(times).toEqual(times.toSorted().toReversed())
    expect(items[0]?.after?.updated_at.slice(0, 19)).toBe(items[0]?.created_at.slice(0, 19))
  })
})

async function atVersion3() {
  const user = someone()
  const { id: task_id } = await user.task.create({ title: 'Milk' })
  await user.task.toggle({ task_id })
  const current: Task = await user.task.toggle({ task_id })
  return { ...user, task_id, current }
}

describe('preconditions', () => {
  test.each([[3], [[3]], [[1, 3, 99]], [[3, -1, 2 ** 40]]])(
    'a write with if_version %j of a task at version 3 succeeds',
    async (if_version) => {
      const { task, task_id } = await atVersion3()
      expect(await task.update({ task_id, title: 'Bread', if_version })).toMatchObject({ version: 4 })
    },
  )

  test.each([[2], [4], [0], [-3], [2 ** 31], [2 ** 40], [[]], [[1, 2, 4]]])(
    'a write with if_version %j of a task at version 3 fails with the current task',
    async (if_version) => {
      const { task, task_id, current } = await atVersion3()
      for (const call of [task.update, task.toggle, task.complete, task.reopen, task.delete]) {
        const error = await apiErrorOf(call({ task_id, if_version }))
        expect(error).toMatchObject({ reason: 'version_mismatch', status: 412 })
        expect(error.details.current).toStrictEqual(current)
      }
      expect(await task.get({ task_id })).toStrictEqual(current)
    },
  )

  test('a write of an absent task is task_not_found, whatever its if_version', async () => {
    const { task, task_id } = await atVersion3()
    await task.delete({ task_id, if_version: 3 })
    expect(await apiErrorOf(task.update({ task_id, if_version: 3 }))).toMatchObject({ reason: 'task_not_found' })
    const stranger = someone()
    expect(await apiErrorOf(stranger.task.update({ task_id, if_version: 1 }))).toMatchObject({
      reason: 'task_not_found',
    })
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
