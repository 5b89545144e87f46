import { TaskwireError, type Change, type TaskwireClient } from '@taskwire/client'
import { expect, test } from 'vitest'
import { changeOf, taskWith } from '../testing/tasks.ts'
import { latestChanges, undoBatch, undoRange } from './undo_log.ts'

/** A server with these changes at the end of its log. */
function clientOf(changes: readonly Change[]): TaskwireClient {
  const list = { query: async () => ({ changes, next: changes.length, has_more: false }) }
  return { change: { list } } as unknown as TaskwireClient
}

test('what can be undone was made in an app, was not undone since, and is no part of another change', async () => {
  const change = (seq: number, details: Partial<Change> = {}) => ({
    ...changeOf(seq, taskWith(), taskWith({ version: seq })),
    ...details,
  })
  const changes = [
    change(1),
    change(2, { via: 'mcp' }),
    change(3, { via: 'chat' }),
    change(4, { part_of: 1 }),
    change(5),
    change(6, { undoes: 5 }),
    change(7),
  ]
  const { undoable } = await latestChanges(clientOf(changes))
  expect(undoable.map(({ seq }) => seq)).toEqual([1, 7])
})

test('a change that was redone can be undone again, and one that was undone once more cannot', async () => {
  const change = (seq: number, undoes: number | null = null) => ({
    ...changeOf(seq, taskWith(), taskWith({ version: seq })),
    undoes,
  })
  const log = [change(1), change(2), change(3, 2), change(4, 3), change(5, 4), change(6, 5)]
  const undoableOf = async (changes: readonly Change[]) =>
    (await latestChanges(clientOf(changes))).undoable.map(({ seq }) => seq)
  expect(await Promise.all([2, 3, 4, 5, 6].map((end) => undoableOf(log.slice(0, end))))).toEqual([
    [1, 2],
    [1],
    [1, 2],
    [1],
    [1, 2],
  ])
})

test('undo looks back 200 changes, and not before the first', async () => {
  const asked: unknown[] = []
  const clientAt = (next: number) => {
    const query = async (input: object) => {
      asked.push(input)
      return { changes: [], next, has_more: false }
    }
    return { change: { list: { query } } } as unknown as TaskwireClient
  }
  await latestChanges(clientAt(150))
  await latestChanges(clientAt(950))
  expect(asked).toEqual([{}, { since: 0, limit: 200 }, {}, { since: 750, limit: 200 }])
})

/** A server that undoes changes, and what it was asked. */
function undoing(answer: object | Error) {
  const asked: unknown[] = []
  const mutate = async (input: object) => {
    asked.push(input)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { client: { change: { undo: { mutate } } } as unknown as TaskwireClient, asked }
}

test('a range of one change is answered by it, and one of several by its own range', async () => {
  const one = undoing(changeOf(9, null, taskWith()))
  expect(await undoRange(one.client, { first_seq: 4, last_seq: 4 })).toEqual({ first_seq: 9, last_seq: 9 })
  expect(one.asked).toEqual([{ seq: 4, through: 4 }])
})

test('a batch of one change, and what is no batch, is not undone by a call of its own', async () => {
  const { client, asked } = undoing({ changes: [], first_seq: 8, last_seq: 9 })
  const [single] = [{ ...changeOf(4, taskWith(), taskWith()), batch: 4 }]
  expect(await undoBatch(client, 4, [single])).toBeUndefined()
  expect(await undoBatch(client, null, [single])).toBeUndefined()
  expect(await undoBatch(client, 3, [single])).toBeUndefined()
  expect(asked).toEqual([])
})

test('a batch that cannot be reached is no conflict', async () => {
  const batch = [4, 5].map((seq) => ({ ...changeOf(seq, taskWith(), taskWith()), batch: 4 }))
  await expect(undoBatch(undoing(new TaskwireError('unreachable')).client, 4, batch)).rejects.toMatchObject({
    reason: 'unreachable',
  })
  expect(await undoBatch(undoing(new TaskwireError('undo_conflict')).client, 4, batch)).toBeUndefined()
})
