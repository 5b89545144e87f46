import { afterAll, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

const items = [
  { id: 'rye', text: 'Rye bread', done: false },
  { id: 'oat', text: 'Oat milk', done: true },
  { id: 'tea', text: 'Tea', done: false },
]

async function taskWithChecklist() {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const { id: task_id } = await caller.task.create({ title: 'Shopping', checklist: items })
  return { user_id, caller, task_id }
}

test('checking an item sets this one, in its place, and leaves the others', async () => {
  const { caller, task_id } = await taskWithChecklist()
  const checked = await caller.task.check({ task_id, item_id: 'rye', done: true })
  expect(checked).toMatchObject({ version: 2, checklist: [{ ...items[0], done: true }, items[1], items[2]] })
  expect(await caller.task.get({ task_id })).toStrictEqual(checked)
  expect(await caller.task.check({ task_id, item_id: 'oat', done: false })).toMatchObject({
    checklist: [{ id: 'rye', done: true }, { id: 'oat', done: false }, { id: 'tea' }],
  })
})

test('checking an item that is done is a change that leaves it done', async () => {
  const { caller, task_id } = await taskWithChecklist()
  expect(await caller.task.check({ task_id, item_id: 'oat', done: true })).toMatchObject({
    version: 2,
    checklist: items,
  })
})

test('items that are checked at the same time are all checked', async () => {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const checklist = Array.from({ length: 30 }, (_, n) => ({ id: `i${n}`, text: `${n}` }))
  const { id: task_id } = await caller.task.create({ title: 'Packing', checklist })
  const other = api.replica().caller(user_id)
  await Promise.all(
    checklist.map(({ id }, n) => (n % 2 === 0 ? caller : other).task.check({ task_id, item_id: id, done: true })),
  )
  const { checklist: left, version } = await caller.task.get({ task_id })
  expect(left.map(({ id, done }) => [id, done])).toEqual(checklist.map(({ id }) => [id, true]))
  expect(version).toBe(31)
})

test('an item that is absent, removed, or of a task without a checklist is not found, and nothing changes', async () => {
  const { caller, task_id } = await taskWithChecklist()
  const { id: plain } = await caller.task.create({ title: 'No checklist' })
  for (const [id, item_id] of [
    [task_id, 'RYE'],
    [task_id, 'done'],
    [plain, 'rye'],
  ] as const) {
    expect(await apiErrorOf(caller.task.check({ task_id: id, item_id, done: true }))).toMatchObject({
      reason: 'item_not_found',
      status: 404,
    })
  }
  await caller.task.update({ task_id, checklist: items.slice(1) })
  const stale = caller.task.check({ task_id, item_id: 'rye', done: true, if_version: 1 })
  expect(await apiErrorOf(stale)).toMatchObject({ reason: 'item_not_found' })
  expect(await caller.task.get({ task_id })).toMatchObject({ version: 2 })
  expect(await caller.task.get({ task_id: plain })).toMatchObject({ version: 1, checklist: [] })
})

test('a checklist in the trash is not found, and a stale version is refused with the task as it is', async () => {
  const { caller, task_id } = await taskWithChecklist()
  const stale = await apiErrorOf(caller.task.check({ task_id, item_id: 'rye', done: true, if_version: 7 }))
  expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current: { id: task_id, version: 1 } } })
  await caller.task.delete({ task_id })
  expect(await apiErrorOf(caller.task.check({ task_id, item_id: 'rye', done: true }))).toMatchObject({
    reason: 'task_not_found',
  })
})

test('checking an item is one change, and undoing it unchecks the item', async () => {
  const { caller, task_id } = await taskWithChecklist()
  await caller.task.check({ task_id, item_id: 'tea', done: true })
  const { changes } = await caller.change.list({ since: 1 })
  expect(changes).toMatchObject([{ seq: 2, kind: 'updated', before: { checklist: items } }])
  await caller.change.undo({ seq: 2 })
  expect(await caller.task.get({ task_id })).toMatchObject({ checklist: items, version: 3 })
})

test.each(['', 'a b', 'x'.repeat(17), 'ä'])('the item id %j is invalid', async (item_id) => {
  const { caller, task_id } = await taskWithChecklist()
  expect(await apiErrorOf(caller.task.check({ task_id, item_id, done: true }))).toMatchObject({
    reason: 'validation_failed',
    details: { fields: [{ loc: ['item_id'] }] },
  })
})

test('an item of another user is not found, and stays as it is', async () => {
  const { caller, task_id } = await taskWithChecklist()
  const stranger = api.caller(newUser()).task.check({ task_id, item_id: 'rye', done: true })
  expect(await apiErrorOf(stranger)).toMatchObject({ reason: 'task_not_found' })
  expect(await caller.task.get({ task_id })).toMatchObject({ version: 1, checklist: items })
})

test('checking an item again with its key answers as at first', async () => {
  const { caller, task_id } = await taskWithChecklist()
  const input = { task_id, item_id: 'rye', done: true, idempotency_key: 'k' }
  const first = await caller.task.check(input)
  await caller.task.check({ task_id, item_id: 'rye', done: false })
  expect(await caller.task.check(input)).toEqual(first)
  expect(await caller.task.get({ task_id })).toMatchObject({ version: 3, checklist: items })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
