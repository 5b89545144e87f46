import { afterAll, describe, expect, test } from 'vitest'
import { apiErrorOf, brokenLinks, newUser, testServices, wholeLog } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

/** A recurring task whose completion, change 2, created the next one in change 3. */
async function completed() {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  const created = await task.create({ title: 'Rent', due_date: '2030-01-01', recurrence: { rule: 'FREQ=WEEKLY' } })
  const done = await task.complete({ task_id: created.id })
  const next = await task.get({ task_id: done.next_task_id ?? 0 })
  return {
    user_id,
    task,
    change,
    created,
    done,
    next,
    log: () => wholeLog({ change }),
    ids: async (status: 'pending' | 'completed' | 'deleted') =>
      (await task.list({ status })).items.map(({ id }) => id).toSorted((a, b) => a - b),
  }
}

const changed = { version: expect.any(Number), updated_at: expect.any(String) }

describe.each([
  { seq: 2, named: 'completion' },
  { seq: 3, named: 'creation of the next task' },
])('undoing the $named', ({ seq }) => {
  test('takes both back, the next task first, and answers with the change that undid it', async () => {
    const { task, change, created, next, log } = await completed()
    const undo = await change.undo({ seq })
    expect(undo).toMatchObject({ undoes: seq, seq: seq === 2 ? 5 : 4 })
    expect(await task.get({ task_id: created.id })).toEqual({ ...created, ...changed })
    const entries = await log()
    expect(entries.slice(3).map((entry) => [entry.kind, entry.task_id, entry.undoes, entry.part_of])).toEqual([
      ['deleted', next.id, 3, null],
      ['reopened', created.id, 2, 4],
    ])
    expect(brokenLinks(entries)).toEqual([])
  })

  test.each([4, 5])('and undoing that undo by its change %i restores the same tasks', async (undo) => {
    const { task, change, created, done, next, log } = await completed()
    await change.undo({ seq })
    expect(await change.undo({ seq: undo })).toMatchObject({ undoes: undo })
    expect(await task.get({ task_id: created.id })).toEqual({ ...done, ...changed })
    expect(await task.get({ task_id: next.id })).toEqual({ ...next, ...changed })
    const entries = await log()
    expect(entries.slice(5).map((entry) => [entry.kind, entry.task_id, entry.undoes, entry.part_of])).toEqual([
      ['completed', created.id, 5, null],
      ['restored', next.id, 4, 6],
    ])
    expect(brokenLinks(entries)).toEqual([])
    await change.undo({ seq: 7 })
    expect(await task.get({ task_id: created.id })).toEqual({ ...created, ...changed })
  })

  test('repeated with its key answers as at first', async () => {
    const { change, log } = await completed()
    const first = await change.undo({ seq, idempotency_key: 'k' })
    expect(await change.undo({ seq, idempotency_key: 'k' })).toEqual(first)
    expect(await log()).toHaveLength(5)
  })

  test.each([
    ['the completed task was edited', 'created', 'edit'],
    ['the next task was edited', 'next', 'edit'],
    ['the completed task was deleted', 'created', 'delete'],
    ['the next task was deleted', 'next', 'delete'],
    ['the next task was completed', 'next', 'complete'],
  ] as const)('takes neither back if %s since', async (_, which, write) => {
    const user = await completed()
    const task_id = user[which].id
    if (write === 'edit') await user.task.update({ task_id, title: 'changed' })
    else await user.task[write]({ task_id })
    const before = await user.log()
    expect(await apiErrorOf(user.change.undo({ seq }))).toMatchObject({ reason: 'undo_conflict' })
    expect(await user.log()).toEqual(before)
  })

  test('judges if_version by its own task', async () => {
    const { change, created, next } = await completed()
    const stale = await apiErrorOf(change.undo({ seq, if_version: 7 }))
    const current = { id: seq === 2 ? created.id : next.id }
    expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current } })
    expect(await change.undo({ seq, if_version: seq === 2 ? 2 : 1 })).toMatchObject({ undoes: seq })
  })
})

test('undoing a change of a completed task leaves it to its latest completion', async () => {
  const { task, change, created, next, ids } = await completed()
  const task_id = created.id
  await task.update({ task_id, title: 'Rent!' })
  await task.reopen({ task_id })
  const again = await task.complete({ task_id })
  expect(again.next_task_id).not.toBe(next.id)
  expect(await change.undo({ seq: 4 })).toMatchObject({ undoes: 4 })
  expect(await task.get({ task_id })).toEqual({ ...again, ...changed, title: 'Rent' })
  await task.reopen({ task_id })
  expect(await ids('pending')).toEqual([task_id])
  expect(await ids('deleted')).toEqual([next.id, again.next_task_id])
})

test('undoing a reopening brings the next task back, by either of its changes', async () => {
  for (const seq of [4, 5]) {
    const { task, change, created, done, next, log, ids } = await completed()
    await task.reopen({ task_id: created.id })
    expect(await change.undo({ seq })).toMatchObject({ undoes: seq })
    expect(await task.get({ task_id: created.id })).toEqual({ ...done, ...changed })
    expect(await ids('pending')).toEqual([next.id])
    expect((await log()).slice(5).map(({ kind, part_of }) => [kind, part_of])).toEqual([
      ['completed', null],
      ['restored', 6],
    ])
  }
})

test('undoing a reopening that left the series returns to it', async () => {
  const { task, change, created, done, next, ids } = await completed()
  await task.update({ task_id: next.id, title: 'kept' })
  await task.reopen({ task_id: created.id })
  expect(await change.undo({ seq: 5 })).toMatchObject({ undoes: 5, part_of: null })
  expect(await task.get({ task_id: created.id })).toEqual({ ...done, ...changed })
  expect(await ids('pending')).toEqual([next.id])
})

test('an undo that would open a second task of a series is a conflict', async () => {
  const { user_id, task, change, created, next } = await completed()
  await task.delete({ task_id: next.id })
  // Past the API, which would let the reopened task leave the series.
  const text = `UPDATE taskwire.task SET completed = false WHERE user_id = $1 AND id = $2`
  await api.services.sql({ text, values: [user_id, created.id] })
  expect(await apiErrorOf(change.undo({ seq: 4 }))).toMatchObject({ reason: 'undo_conflict' })
})

test('without a seq an agent takes back both, and then what it did before', async () => {
  const user_id = newUser()
  for (const via of ['mcp', 'chat'] as const) {
    const { task, change } = api.caller(user_id, { via, conversation_id: 1 })
    const { id: task_id } = await task.create({
      title: 'Rent',
      due_date: '2030-01-01',
      recurrence: { rule: 'FREQ=DAILY' },
    })
    await task.update({ task_id, title: 'Rent!' })
    await task.complete({ task_id })
    await change.undo({})
    expect(await task.get({ task_id })).toMatchObject({ title: 'Rent!', completed: false })
    await change.undo({})
    expect(await task.get({ task_id })).toMatchObject({ title: 'Rent', completed: false })
  }
})

test('of twenty concurrent undos of either change exactly one succeeds', async () => {
  const { change, log } = await completed()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => change.undo({ seq: 2 + (n % 2) })))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'undo_conflict' })
  }
  expect(await log()).toHaveLength(5)
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
