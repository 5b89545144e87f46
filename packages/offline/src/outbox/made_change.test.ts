import type { Change, TaskwireClient } from '@taskwire/client'
import { expect, test } from 'vitest'
import { changeOf, taskWith, writeOf } from '../../testing/tasks.ts'
import { madeChange, withMadeChange } from './made_change.ts'
import { undoIntent, undoingWrite } from './undo_intent.ts'

const { signal } = new AbortController()
const [one, two] = [taskWith({ version: 1 }), taskWith({ version: 2 })]
const log = [changeOf(3, two, null), changeOf(2, one, two), changeOf(1, null, one)]
const restored = taskWith({ version: 4 })

/** A server whose log of the task is `log`, and what it was asked. */
function server(items: readonly Change[] = log) {
  const asked: unknown[][] = []
  const query = async (...input: unknown[]) => {
    asked.push(input)
    return { items }
  }
  return { client: { task: { history: { query } } } as unknown as TaskwireClient, asked }
}

test('the change that a write made is that which left its version, or deleted it', async () => {
  const { client, asked } = server()
  expect((await madeChange(client, { task: two, deleted: false }, signal))?.seq).toBe(2)
  expect((await madeChange(client, { task: two, deleted: true }))?.seq).toBe(3)
  expect(await madeChange(client, { task: taskWith({ version: 9 }), deleted: false })).toBeUndefined()
  expect(asked.slice(0, 2)).toEqual([
    [{ task_id: 1, limit: 50 }, { signal }],
    [{ task_id: 1, limit: 50 }, {}],
  ])
})

test('of several deletions of a task that is meant which deleted the version of the answer', async () => {
  const { client } = server([changeOf(5, restored, null), changeOf(4, null, restored), ...log])
  const seqs = [two, restored, taskWith({ version: 6 })].map(
    async (task) => (await madeChange(client, { task, deleted: true }))?.seq,
  )
  expect(await Promise.all(seqs)).toEqual([3, 5, undefined])
})

test('the log is read for a withdrawn write only', async () => {
  const { client, asked } = server()
  const answer = { task: two, deleted: false }
  const write = writeOf(one, { kind: 'complete' })
  const withdrawn = { ...write, withdrawn: true }
  expect(await withMadeChange(client, { write, answer, signal })).toBe(answer)
  const undone = { change: log[0] ?? changeOf(0, null, null) }
  expect(await withMadeChange(client, { write: withdrawn, answer: undone, signal })).toBe(undone)
  expect(asked).toEqual([])
  expect(await withMadeChange(client, { write: withdrawn, answer, signal })).toEqual({ change: log[1] })
  const late = { task: taskWith({ version: 9 }), deleted: false }
  expect(await withMadeChange(client, { write: withdrawn, answer: late, signal })).toBe(late)
})

test('an undo names its change, what was before it, and where the task stood if it was moved', () => {
  const [first, last] = [taskWith({ position: 'a' }), taskWith({ position: 'b' })]
  expect(undoIntent(changeOf(5, first, last))).toEqual({ kind: 'undo', seq: 5, before: first, position: 'a' })
  expect(undoIntent(changeOf(6, first, first))).toEqual({ kind: 'undo', seq: 6, before: first })
  expect(undoIntent(changeOf(7, null, first))).toEqual({ kind: 'undo', seq: 7, before: null })
})

test('the undo of a completion removes the next occurrence, and that of another change does not', () => {
  const done = taskWith({ completed: true, next_task_id: 8 })
  const completed = { ...changeOf(5, one, done), kind: 'completed' as const }
  expect(undoIntent(completed)).toMatchObject({ removes: 8 })
  expect(undoIntent(changeOf(5, one, done))).not.toHaveProperty('removes')
})

test('the write that undoes a withdrawn one keeps its place in the queue and its tab, under a key of its own', () => {
  const write = writeOf(taskWith({ id: -4 }), { kind: 'complete' }, { attempted: true, withdrawn: true })
  const { key, at, user_id, tab } = write
  const change = changeOf(2, one, two)
  expect(undoingWrite(write, change)).toEqual({
    key: `${key}-`,
    at,
    user_id,
    tab,
    task_id: 1,
    base: null,
    intent: undoIntent(change),
  })
})
