import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import type { Task } from '../task/schema.ts'

const api = await testServices()
afterAll(api.close)

async function userWithTask() {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const created = await task.create({ title: 'Milk', description: 'two' })
  return { user_id, task, change, created, task_id: created.id }
}
type User = Awaited<ReturnType<typeof userWithTask>>

/** The fields that undo restores. */
const state = ({ title, description, completed }: Task) => ({ title, description, completed })

/** Each case makes change 2 of a task that is as it was created. */
const changes: Record<string, { make: (user: User) => Promise<unknown>; undone: string }> = {
  'a new title': { make: ({ task, task_id }) => task.update({ task_id, title: 'Bread' }), undone: 'updated' },
  'a removed description': {
    make: ({ task, task_id }) => task.update({ task_id, description: null }),
    undone: 'updated',
  },
  'a change of nothing': { make: ({ task, task_id }) => task.update({ task_id }), undone: 'updated' },
  'a completion': { make: ({ task, task_id }) => task.complete({ task_id }), undone: 'reopened' },
  'a toggle': { make: ({ task, task_id }) => task.toggle({ task_id }), undone: 'reopened' },
  'a reopening of what is open': { make: ({ task, task_id }) => task.reopen({ task_id }), undone: 'updated' },
  'a change of everything': {
    make: ({ task, task_id }) => task.update({ task_id, title: 'Bread', description: 'one', completed: true }),
    undone: 'updated',
  },
  'a deletion': { make: ({ task, task_id }) => task.delete({ task_id }), undone: 'restored' },
}
const cases = Object.entries(changes).map(([name, change]) => ({ name, ...change }))

test('undoing a change of a completed task leaves the time of its latest completion', async () => {
  const { task, change, task_id } = await userWithTask()
  await task.complete({ task_id })
  await task.update({ task_id, title: 'Bread' })
  await task.reopen({ task_id })
  const { completed_at } = await task.complete({ task_id })
  await change.undo({ seq: 3 })
  expect(await task.get({ task_id })).toMatchObject({ title: 'Milk', completed: true, completed_at })
})

test.each(cases)('undoing $name restores the task in a new change', async ({ make, undone }) => {
  const user = await userWithTask()
  await make(user)
  const change = await user.change.undo({ seq: 2 })
  const task = await user.task.get({ task_id: user.task_id })
  expect(task).toStrictEqual({ ...user.created, version: 3, updated_at: task.updated_at })
  expect(change).toStrictEqual({
    seq: 3,
    task_id: user.task_id,
    kind: undone,
    before: undone === 'restored' ? null : expect.objectContaining({ version: 2 }),
    after: task,
    via: 'trpc',
    actor: null,
    conversation_id: null,
    undoes: 2,
    part_of: null,
    batch: null,
    created_at: expect.any(String),
  })
  expect((await user.change.list({ since: 2 })).changes).toStrictEqual([change])
})

test.each(cases)('undoing the undo of $name applies it again', async ({ name, make }) => {
  const user = await userWithTask()
  await make(user)
  const trashed = name === 'a deletion'
  const before = trashed ? null : await user.task.get({ task_id: user.task_id })
  await user.change.undo({ seq: 2 })
  const again = await user.change.undo({ seq: 3 })
  expect(again).toMatchObject({ seq: 4, undoes: 3 })
  if (before === null) {
    expect(again).toMatchObject({ kind: 'deleted', after: null })
    expect(await apiErrorOf(user.task.get({ task_id: user.task_id }))).toMatchObject({ reason: 'task_not_found' })
  } else {
    const after = await user.task.get({ task_id: user.task_id })
    expect(state(after)).toEqual(state(before))
    expect(after.version).toBe(4)
  }
  expect(await user.change.undo({ seq: 4 })).toMatchObject({ seq: 5, undoes: 4 })
})

test.each(cases)('$name cannot be undone once the task has changed since', async ({ name, make }) => {
  const user = await userWithTask()
  await make(user)
  if (name === 'a deletion') await user.change.undo({ seq: 2 })
  await user.task.update({ task_id: user.task_id, title: 'Something else' })
  const task = await user.task.get({ task_id: user.task_id })
  expect(await apiErrorOf(user.change.undo({ seq: 2 }))).toMatchObject({ reason: 'undo_conflict', status: 409 })
  expect(await user.task.get({ task_id: user.task_id })).toStrictEqual(task)
})

describe('undoing a creation', () => {
  test('deletes the task, and undoing that restores it with its id', async () => {
    const user = await userWithTask()
    expect(await user.change.undo({ seq: 1 })).toMatchObject({ kind: 'deleted', after: null, undoes: 1 })
    expect(await apiErrorOf(user.task.get({ task_id: user.task_id }))).toMatchObject({ reason: 'task_not_found' })
    expect(await user.change.undo({ seq: 2 })).toMatchObject({ kind: 'restored', task_id: user.task_id })
    expect(await user.task.get({ task_id: user.task_id })).toMatchObject({ ...state(user.created), version: 3 })
  })

  test('works once the later changes have been reversed', async () => {
    const user = await userWithTask()
    await user.task.toggle({ task_id: user.task_id })
    expect(await apiErrorOf(user.change.undo({ seq: 1 }))).toMatchObject({ reason: 'undo_conflict' })
    await user.task.toggle({ task_id: user.task_id })
    expect(await user.change.undo({ seq: 1 })).toMatchObject({ kind: 'deleted', before: { version: 3 } })
  })
})

test('an older deletion is not undone once the task was changed and deleted again: its content would be lost', async () => {
  const { task, change, task_id } = await userWithTask()
  await task.delete({ task_id })
  await change.undo({ seq: 2 })
  await task.update({ task_id, title: 'Bread' })
  await task.delete({ task_id })
  expect(await apiErrorOf(change.undo({ seq: 2 }))).toMatchObject({ reason: 'undo_conflict' })
  await change.undo({ seq: 5 })
  expect(await task.get({ task_id })).toMatchObject({ title: 'Bread' })
})

test('undo compares the field values, not the version: changes in between that cancel out do not prevent it', async () => {
  const user = await userWithTask()
  await user.task.update({ task_id: user.task_id, title: 'Bread' })
  await user.task.toggle({ task_id: user.task_id })
  await user.task.toggle({ task_id: user.task_id })
  const change = await user.change.undo({ seq: 2 })
  expect(change).toMatchObject({ after: { title: 'Milk', version: 5 } })
})

test('a change can be undone each time it has been redone, and each undo returns its own change', async () => {
  const user = await userWithTask()
  for (let seq = 2; seq < 12; seq += 2) {
    expect(await user.change.undo({ seq: 1 })).toMatchObject({ seq, undoes: 1, kind: 'deleted' })
    expect(await user.change.undo({ seq })).toMatchObject({ seq: seq + 1, undoes: seq, kind: 'restored' })
  }
})

test('undo accepts if_version, and a stale one fails with the current task', async () => {
  const user = await userWithTask()
  const current = await user.task.toggle({ task_id: user.task_id })
  const stale = await apiErrorOf(user.change.undo({ seq: 2, if_version: 1 }))
  expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current } })
  expect(await user.change.undo({ seq: 2, if_version: [1, 2] })).toMatchObject({ after: { version: 3 } })
})

test('undo accepts the if_version of a task in the trash', async () => {
  const user = await userWithTask()
  await user.task.delete({ task_id: user.task_id })
  expect(await apiErrorOf(user.change.undo({ seq: 2, if_version: 1 }))).toMatchObject({ reason: 'undo_conflict' })
  expect(await user.change.undo({ seq: 2, if_version: 2 })).toMatchObject({ kind: 'restored', after: { version: 3 } })
})

test('undoing an absent change, or a change of another user, is change_not_found', async () => {
  const user = await userWithTask()
  const stranger = api.caller(newUser())
  for (const seq of [2, 2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
    expect(await apiErrorOf(user.change.undo({ seq }))).toMatchObject({ reason: 'change_not_found', status: 404 })
  }
  expect(await apiErrorOf(stranger.change.undo({ seq: 1 }))).toMatchObject({ reason: 'change_not_found' })
  expect(await user.task.get({ task_id: user.task_id })).toStrictEqual(user.created)
})

test.each([0, -1, 1.5])('undo rejects the seq %d', async (seq) => {
  const user = await userWithTask()
  expect(await apiErrorOf(user.change.undo({ seq }))).toMatchObject({ reason: 'validation_failed' })
})

test('only agents may omit seq', async () => {
  const user = await userWithTask()
  for (const via of ['trpc', 'rest'] as const) {
    const { reason, details } = await apiErrorOf(api.caller(user.user_id, { via }).change.undo({}))
    expect([reason, details.fields?.[0]?.loc]).toEqual(['validation_failed', ['seq']])
  }
})

test('without a seq an agent undoes its own latest changes, one after the other', async () => {
  const { user_id, task, task_id } = await userWithTask()
  const agent = api.caller(user_id, { via: 'mcp' })
  await agent.task.update({ task_id, title: 'Bread' })
  await agent.task.complete({ task_id })
  const { id: byHuman } = await task.create({ title: 'not the agent' })
  expect(await agent.change.undo({})).toMatchObject({ undoes: 3, kind: 'reopened', via: 'mcp' })
  expect(await agent.change.undo({})).toMatchObject({ undoes: 2, after: { title: 'Milk' } })
  expect(await apiErrorOf(agent.change.undo({}))).toMatchObject({ reason: 'change_not_found' })
  expect(await task.get({ task_id: byHuman })).toMatchObject({ version: 1 })
})

test('of twenty concurrent undos of one change exactly one succeeds', async () => {
  const user = await userWithTask()
  await user.task.update({ task_id: user.task_id, title: 'Bread' })
  const replica = api.replica().caller(user.user_id)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => (n % 2 ? user : replica).change.undo({ seq: 2 })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'undo_conflict' })
  }
  expect(await user.task.get({ task_id: user.task_id })).toMatchObject({ title: 'Milk', version: 3 })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
