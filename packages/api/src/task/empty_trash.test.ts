import { afterAll, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

async function userWithTrash(...titles: string[]) {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const trashed: number[] = []
  for (const title of titles) {
    const { id } = await caller.task.create({ title })
    await caller.task.delete({ task_id: id })
    trashed.push(id)
  }
  const inTrash = async () => (await caller.task.list({ status: 'deleted', sort: 'created' })).items
  return { user_id, caller, trashed, inTrash }
}

test('an emptied trash has nothing left; open and completed tasks stay, and the log gets no change', async () => {
  const { caller, inTrash } = await userWithTrash('One', 'Two')
  await caller.task.create({ title: 'Open' })
  await caller.task.create({ title: 'Done', completed: true })
  const { next } = await caller.change.list({})
  expect(await caller.task.empty_trash({})).toEqual({ removed: 2, has_more: false })
  expect(await inTrash()).toEqual([])
  expect((await caller.task.list({})).items.map(({ title }) => title)).toEqual(['Done', 'Open'])
  expect((await caller.change.list({})).next).toBe(next)
  expect(await caller.task.empty_trash({})).toEqual({ removed: 0, has_more: false })
})

test('a task that was removed cannot be restored, and its history is still told', async () => {
  const { caller, trashed } = await userWithTrash('One')
  await caller.task.empty_trash({})
  expect(await apiErrorOf(caller.change.undo({ seq: 2 }))).toMatchObject({ reason: 'undo_conflict' })
  expect((await caller.task.history({ task_id: trashed[0] ?? 0 })).items).toHaveLength(2)
})

test('what was deleted after the given time stays in the trash', async () => {
  const { caller, inTrash } = await userWithTrash('Seen', 'Deleted since')
  const seen = (await inTrash()).find(({ title }) => title === 'Seen')
  const deleted_until = seen?.deleted_at ?? ''
  expect(await caller.task.empty_trash({ deleted_until })).toEqual({ removed: 1, has_more: false })
  expect((await inTrash()).map(({ title }) => title)).toEqual(['Deleted since'])
  const wrong = await apiErrorOf(caller.task.empty_trash({ deleted_until: 'yesterday' }))
  expect(wrong).toMatchObject({ reason: 'validation_failed' })
})

test('the trash of another user stays as it is', async () => {
  const owner = await userWithTrash('Mine')
  expect(await api.caller(newUser()).task.empty_trash({})).toEqual({ removed: 0, has_more: false })
  expect(await owner.inTrash()).toHaveLength(1)
})

test('tasks of another user stay, even those with the same ids', async () => {
  const { caller, trashed } = await userWithTrash('One', 'Two')
  const other = newUser()
  const { db } = api.services
  for (const id of trashed) {
    await db.$executeRaw`INSERT INTO taskwire.task (user_id, id, title) VALUES (${other}, ${id}, 'theirs')`
  }
  await api.caller(other).task.delete({ task_id: trashed[0] ?? 0 })
  expect(await caller.task.empty_trash({})).toEqual({ removed: 2, has_more: false })
  expect(await db.task.count({ where: { user_id: other } })).toBe(2)
})

test('a trash of more than one call holds is emptied by repeating it', async () => {
  const { user_id, caller } = await userWithTrash()
  await api.services.sql({
    text: `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'task ' || n FROM generate_series(1, 1500) n`,
    values: [user_id],
  })
  await api.services.sql({ text: `UPDATE taskwire.task SET deleted_at = now() WHERE user_id = $1`, values: [user_id] })
  expect(await caller.task.empty_trash({})).toEqual({ removed: 1000, has_more: true })
  expect(await caller.task.empty_trash({})).toEqual({ removed: 500, has_more: false })
})

test('the tasks that were deleted first are removed first', async () => {
  const { user_id, caller, inTrash } = await userWithTrash()
  await api.services.sql({
    text: `INSERT INTO taskwire.task (user_id, title) SELECT $1, n::text FROM generate_series(1, 1001) n`,
    values: [user_id],
  })
  await api.services.sql({
    text: `UPDATE taskwire.task SET deleted_at = now() - CASE title WHEN '1' THEN interval '1 s' ELSE interval '1 h' END
      WHERE user_id = $1`,
    values: [user_id],
  })
  expect(await caller.task.empty_trash({})).toEqual({ removed: 1000, has_more: true })
  expect(await inTrash()).toMatchObject([{ title: '1' }])
})

test('a task that is being restored stays, and is not waited for', async () => {
  const { caller, trashed, inTrash } = await userWithTrash('One', 'Two')
  const client = await api.database.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT FROM taskwire.task WHERE id = $1 FOR UPDATE', [trashed[0]])
    expect(await caller.task.empty_trash({})).toEqual({ removed: 1, has_more: false })
    await client.query('ROLLBACK')
  } finally {
    client.release()
  }
  expect(await inTrash()).toMatchObject([{ id: trashed[0] }])
})

test('tasks that are restored while the trash is emptied by two callers are either there or gone', async () => {
  const titles = Array.from({ length: 12 }, (_, n) => `Task ${n}`)
  const { caller, inTrash } = await userWithTrash(...titles)
  const outcomes = await Promise.allSettled([
    ...titles.map((_, n) => caller.change.undo({ seq: 2 * n + 2 })),
    caller.task.empty_trash({}),
    caller.task.empty_trash({}),
  ])
  const restored = outcomes.slice(0, titles.length).filter(({ status }) => status === 'fulfilled')
  const emptied = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const removed = emptied.reduce((sum, answer) => sum + ('removed' in answer ? answer.removed : 0), 0)
  expect((await caller.task.list({})).items).toHaveLength(restored.length)
  expect(removed + (await inTrash()).length).toBe(titles.length - restored.length)
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
