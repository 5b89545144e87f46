import { afterAll, describe, expect, test } from 'vitest'
import { operations } from '../core/operations.ts'
import { appRouter } from '../router.ts'
import { newUser, apiErrorOf, testServices, type Caller } from '../../testing/services.ts'
import { requestHash } from './write.ts'

const api = await testServices()
const other = api.replica()
afterAll(api.close)

const { db } = api.services

async function loggedChanges(user_id: string): Promise<number> {
  return db.change.count({ where: { user_id } })
}

/** Every write that accepts a key, for a task at version 2 that is not completed; `seq` 2 is its last change. */
type Write = (
  caller: Pick<Caller, 'task' | 'change' | 'transfer'>,
  task_id: number,
  idempotency_key: string,
) => Promise<unknown>
const writes: Record<string, Write> = {
  create: ({ task }, _, idempotency_key) => task.create({ title: 'new', description: 'one', idempotency_key }),
  quick_add: ({ task }, _, idempotency_key) => task.quick_add({ text: 'new tomorrow', idempotency_key }),
  batch: ({ task }, task_id, idempotency_key) =>
    task.batch({ operations: [{ do: 'update', task_id, title: 'new' }], idempotency_key }),
  update: ({ task }, task_id, idempotency_key) => task.update({ task_id, title: 'new', idempotency_key }),
  'an update of nothing': ({ task }, task_id, idempotency_key) => task.update({ task_id, idempotency_key }),
  'an update for a version': ({ task }, task_id, idempotency_key) =>
    task.update({ task_id, title: 'new', if_version: 2, idempotency_key }),
  toggle: ({ task }, task_id, idempotency_key) => task.toggle({ task_id, idempotency_key }),
  'toggle for a version': ({ task }, task_id, idempotency_key) =>
    task.toggle({ task_id, if_version: [2, 7], idempotency_key }),
  complete: ({ task }, task_id, idempotency_key) => task.complete({ task_id, idempotency_key }),
  reopen: ({ task }, task_id, idempotency_key) => task.reopen({ task_id, idempotency_key }),
  check: ({ task }, task_id, idempotency_key) => task.check({ task_id, item_id: 'rye', done: true, idempotency_key }),
  skip: ({ task }, task_id, idempotency_key) => task.skip({ task_id, idempotency_key }),
  move: ({ task }, task_id, idempotency_key) => task.move({ task_id, to: 'last', idempotency_key }),
  delete: ({ task }, task_id, idempotency_key) => task.delete({ task_id, idempotency_key }),
  'delete for a version': ({ task }, task_id, idempotency_key) =>
    task.delete({ task_id, if_version: 2, idempotency_key }),
  import: ({ transfer }, _, idempotency_key) => transfer.import({ source: 'todotxt', file: 'Rye', idempotency_key }),
  undo: ({ change }, _, idempotency_key) => change.undo({ seq: 2, idempotency_key }),
  'undo for a version': ({ change }, _, idempotency_key) => change.undo({ seq: 2, if_version: 2, idempotency_key }),
}
const names = Object.keys(writes)
const write = (name: string): Write => writes[name] ?? (() => Promise.reject(new Error(name)))

/** A task at version 2, that can be skipped if that is to be tried. */
async function userWithTask(name = '') {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const { id: task_id } = await caller.task.create({ title: 'Milk' })
  const recurring = name === 'skip' ? { due_date: '2030-01-01', recurrence: { rule: 'FREQ=DAILY' } } : {}
  const checklist = [{ id: 'rye', text: 'Rye' }]
  await caller.task.update({ task_id, description: 'two litres', checklist, ...recurring })
  return { user_id, caller, task_id }
}

test('the table of writes has every write that accepts a key, except those of the chat', () => {
  const keyed = operations(appRouter).filter(({ input }) => 'idempotency_key' in input.shape)
  const missing = keyed.flatMap(({ name }) => {
    const [of, write = ''] = name.split('.')
    return of === 'chat' || names.includes(write) ? [] : [name]
  })
  expect(missing, 'add a line for each to `writes` in this file').toEqual([])
})

describe('a retry with the same key', () => {
  test.each(names)('of %s gets the original response and has no effect', async (name) => {
    const { user_id, caller, task_id } = await userWithTask(name)
    const response = await write(name)(caller, task_id, 'key')
    expect(await write(name)(caller, task_id, 'key')).toStrictEqual(response)
    expect(await loggedChanges(user_id)).toBe(3)
  })

  test.each(names)(
    'of %s gets the original response on another replica and transport after the task has changed again',
    async (name) => {
      const { user_id, caller, task_id } = await userWithTask(name)
      const response = await write(name)(caller, task_id, 'key')
      const { items } = await caller.task.list({})
      for (const { id } of items) {
        await caller.task.update({ task_id: id, title: 'changed', completed: true })
        await caller.task.toggle({ task_id: id })
        await caller.task.delete({ task_id: id })
      }
      const count = await loggedChanges(user_id)
      expect(await write(name)(other.caller(user_id, { via: 'rest' }), task_id, 'key')).toStrictEqual(response)
      expect(await loggedChanges(user_id)).toBe(count)
    },
  )

  test.each(names)(
    'of %s, sent twenty times at once to two replicas, has one effect and equal responses',
    async (name) => {
      const { user_id, task_id } = await userWithTask(name)
      const calls = Array.from({ length: 20 }, (_, n) =>
        write(name)((n % 2 ? api : other).caller(user_id), task_id, 'key'),
      )
      const [first, ...rest] = await Promise.all(calls)
      for (const response of rest) expect(response).toStrictEqual(first)
      expect(await loggedChanges(user_id)).toBe(3)
    },
  )
})

test.each(names)('every other request with the key of %s is rejected and changes nothing', async (name) => {
  const { user_id, caller, task_id } = await userWithTask(name)
  await write(name)(caller, task_id, 'key')
  const count = await loggedChanges(user_id)
  for (const otherName of names) {
    if (otherName === name) continue
    expect(await apiErrorOf(write(otherName)(caller, task_id, 'key'))).toMatchObject({
      reason: 'idempotency_key_reused',
      status: 422,
    })
  }
  const another = await caller.task.create({ title: 'another' })
  if (!['create', 'quick_add', 'import', 'undo', 'undo for a version'].includes(name)) {
    expect(await apiErrorOf(write(name)(caller, another.id, 'key'))).toMatchObject({ reason: 'idempotency_key_reused' })
    expect(await apiErrorOf(write(name)(caller, 2_000_000_000, 'key'))).toMatchObject({
      reason: 'idempotency_key_reused',
    })
  }
  expect(await loggedChanges(user_id)).toBe(count + 1)
})

test('each user has keys of their own', async () => {
  const [a, b] = [newUser(), newUser()]
  const input = { title: 'Milk', idempotency_key: 'key' }
  const first = await api.caller(a).task.create(input)
  const second = await api.caller(b).task.create(input)
  expect(second.id).not.toBe(first.id)
  expect(await api.caller(a).task.create(input)).toStrictEqual(first)
  expect(await api.caller(b).task.create(input)).toStrictEqual(second)
})

test('a request with different white space around the title is the same request', async () => {
  const caller = api.caller(newUser())
  const first = await caller.task.create({ title: 'Milk', idempotency_key: 'key' })
  expect(await caller.task.create({ title: '  Milk ', idempotency_key: 'key' })).toStrictEqual(first)
})

test('a key of 255 visible characters is compared exactly, letter case included', async () => {
  const caller = api.caller(newUser())
  const key = `"!~${'k'.repeat(252)}`
  const first = await caller.task.create({ title: 'Milk', idempotency_key: key })
  expect(await caller.task.create({ title: 'Milk', idempotency_key: key })).toStrictEqual(first)
  const second = await caller.task.create({ title: 'Milk', idempotency_key: key.toUpperCase() })
  expect(second.id).not.toBe(first.id)
})

test('a write without a key after one with a key is not a retry', async () => {
  const { caller, task_id } = await userWithTask()
  await caller.task.toggle({ task_id, idempotency_key: 'key' })
  expect(await caller.task.toggle({ task_id })).toMatchObject({ completed: false, version: 4 })
  expect(await caller.task.toggle({ task_id, idempotency_key: 'key' })).toMatchObject({ completed: true, version: 3 })
})

test('a failed write is not stored under its key: a retry is checked again', async () => {
  const { caller, task_id } = await userWithTask()
  const forVersion = { task_id, title: 'Bread', if_version: 3, idempotency_key: 'a' }
  expect(await apiErrorOf(caller.task.update(forVersion))).toMatchObject({ reason: 'version_mismatch' })
  await caller.task.toggle({ task_id })
  expect(await caller.task.update(forVersion)).toMatchObject({ title: 'Bread', version: 4 })

  const deletion = { task_id, idempotency_key: 'b' }
  await caller.task.delete({ task_id })
  expect(await apiErrorOf(caller.task.delete(deletion))).toMatchObject({ reason: 'task_not_found' })
  await caller.change.undo({ seq: 5 })
  expect(await caller.task.delete(deletion)).toMatchObject({ id: task_id })

  const undo = { seq: 99, idempotency_key: 'c' }
  expect(await apiErrorOf(caller.change.undo(undo))).toMatchObject({ reason: 'change_not_found' })
  expect(await caller.task.create({ title: 'Milk', idempotency_key: 'c' })).toMatchObject({ title: 'Milk' })
})

test('a retry gets its stored response after authentication and validation, and before the checks on the task', async () => {
  const { caller, task_id, user_id } = await userWithTask()
  const input = { task_id, if_version: 2, idempotency_key: 'key' }
  const deleted = await caller.task.delete(input)
  expect(await apiErrorOf(api.caller(user_id, { token: 'x' }).task.delete(input))).toMatchObject({ status: 401 })
  expect(await apiErrorOf(api.caller(user_id, { acting_for: 'x' }).task.delete(input))).toMatchObject({ status: 403 })
  expect(await apiErrorOf(caller.task.delete({ ...input, task_id: -1 }))).toMatchObject({ reason: 'validation_failed' })
  expect(await caller.task.delete(input)).toStrictEqual(deleted)
})

test("another user's key reveals nothing", async () => {
  const { caller } = await userWithTask()
  const stranger = api.caller(newUser())
  const mine = await caller.task.create({ title: 'secret', idempotency_key: 'shared' })
  expect(await apiErrorOf(stranger.task.delete({ task_id: mine.id, idempotency_key: 'shared' }))).toMatchObject({
    reason: 'task_not_found',
  })
})

test('the request hash depends on the operation and every field except the key', () => {
  const hash = requestHash('task.update', { task_id: 1, title: 'a', description: undefined })
  expect(hash).toMatch(/^[\w-]{43}$/)
  expect(requestHash('task.update', { title: 'a', task_id: 1, idempotency_key: 'key' })).toBe(hash)
  for (const different of [
    requestHash('task.create', { task_id: 1, title: 'a' }),
    requestHash('task.update', { task_id: 2, title: 'a' }),
    requestHash('task.update', { task_id: 1, title: 'a', description: null }),
    requestHash('task.update', { task_id: 1, title: 'a', if_version: 1 }),
    requestHash('task.update', { task_id: 1 }),
  ]) {
    expect(different).not.toBe(hash)
  }
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
