import { expect, test } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { taskWith, writeOf } from '../../testing/tasks.ts'
import type { PendingWrite } from '../outbox/pending_write.ts'
import { openLocalDatabase } from './local_database.ts'
import { createWriteJournal } from './write_journal.ts'

const { storage } = openPage()
const task = (id: number, user_id: string) => taskWith({ id, user_id })

/** The databases of two users of one browser, each with a task and a write. */
async function twoUsers(one: string, other: string) {
  const [ofOne, ofOther] = [await openLocalDatabase(one), await openLocalDatabase(other)]
  await ofOne.replaceTasks(5, [task(1, one)])
  await ofOther.replaceTasks(7, [task(1, other), task(2, other)])
  await ofOne.saveWrite(writeOf(task(1, one), { kind: 'delete' }))
  await ofOther.saveWrite(writeOf(task(1, other), { kind: 'delete' }))
  return { ofOne, ofOther }
}

test('each user finds their own tasks and writes', async () => {
  const { ofOne, ofOther } = await twoUsers('ann', 'ann2')
  expect(await ofOne.loadTasks()).toEqual({ seq: 5, tasks: [task(1, 'ann')] })
  expect(await ofOther.loadTasks()).toEqual({ seq: 7, tasks: [task(1, 'ann2'), task(2, 'ann2')] })
  expect((await ofOne.loadWrites()).map(({ user_id }) => user_id)).toEqual(['ann'])
})

test('clearing removes everything of the user and nothing of others', async () => {
  const { ofOne, ofOther } = await twoUsers('bea', 'bea2')
  await ofOne.clear()
  expect(await ofOne.loadTasks()).toBeNull()
  expect(await ofOne.loadWrites()).toEqual([])
  expect(await ofOther.loadTasks()).toMatchObject({ seq: 7 })
  expect(await ofOther.loadWrites()).toHaveLength(1)
})

test.each([
  ['cy', 'cy0'],
  ['dan', 'da'],
])("the tasks of others are forgotten, from both sides of a user's name, and their writes stay", async (one, other) => {
  const { ofOne, ofOther } = await twoUsers(one, other)
  await ofOne.forgetOthers()
  expect(await ofOther.loadTasks()).toBeNull()
  expect(await ofOther.loadWrites()).toHaveLength(1)
  expect(await ofOne.loadTasks()).toMatchObject({ seq: 5, tasks: [{ id: 1 }] })
  // Not only how far they followed the log: the tasks themselves are gone.
  await ofOther.saveTasks({ seq: 8, put: [], removed: [] })
  expect(await ofOther.loadTasks()).toEqual({ seq: 8, tasks: [] })
})

test('rows of an earlier position are not saved over later ones', async () => {
  const database = await openLocalDatabase('eve')
  const saved = (seq: number, title: string) =>
    database.saveTasks({ seq, put: [taskWith({ user_id: 'eve', title })], removed: [] })
  expect(await saved(5, 'five')).toBe(true)
  expect(await saved(4, 'four')).toBe(false)
  expect(await database.loadTasks()).toMatchObject({ seq: 5, tasks: [{ title: 'five' }] })
  expect(await saved(5, 'the same position')).toBe(true)
  expect(await database.saveTasks({ seq: 6, put: [], removed: [1] })).toBe(true)
  expect(await database.loadTasks()).toEqual({ seq: 6, tasks: [] })
})

test('waiting writes are loaded in the order in which they were made', async () => {
  const database = await openLocalDatabase('fay')
  const writes = ['z', 'm', 'a'].map((key) => writeOf(task(1, 'fay'), { kind: 'reopen' }, { key }))
  for (const write of writes.toReversed()) await database.saveWrite(write)
  expect(await database.loadWrites()).toEqual(writes)
  await database.deleteWrite('m')
  expect((await database.loadWrites()).map(({ key }) => key)).toEqual(['z', 'a'])
})

test('a page finds the writes as the one before left them, however far its transactions were', async () => {
  const database = await openLocalDatabase('gus')
  const write = (key: string) => writeOf(task(1, 'gus'), { kind: 'complete' }, { key })
  const [kept, revised, deleted, added] = [write('a'), write('b'), write('c'), write('d')]
  for (const stored of [kept, revised, deleted]) await database.saveWrite(stored)
  expect(storage.length).toBe(0)
  // What the page that was left has shown, and its database has not.
  const journal = createWriteJournal('gus', storage)
  const later: PendingWrite = { ...revised, intent: { kind: 'reopen' } }
  journal.record('b', later)
  journal.record('c', null)
  journal.record('d', added)
  expect(await (await openLocalDatabase('gus')).loadWrites()).toEqual([kept, later, added])
  await expect.poll(() => [...journal.entries().keys()]).toEqual(['b', 'd'])
  storage.clear()
  expect(await database.loadWrites()).toEqual([kept, revised])
})
