import type { Db } from '@taskwire/db'
import { expect, test } from 'vitest'
import { changesFrom, enqueue, expire, newListener } from './listener.ts'
import type { Change } from './schema.ts'

const change = (seq: number) => ({ seq }) as Change
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => change(from + n))

/** A log that holds these seqs, and from where it was read. */
function logOf(seqs: readonly number[]) {
  const reads: { from: number; take: number }[] = []
  const due = { due_date: null, description: null, priority: null }
  const row = (seq: number) => ({
    seq,
    task_id: 1,
    kind: 'deleted',
    before: null,
    after: null,
    via: 'sql',
    actor: null,
    conversation_id: null,
    undoes: null,
    part_of: null,
    batch: null,
    created_at: new Date(0),
    ...due,
  })
  const findMany = async ({ where, take }: { where: { seq: { gt: number } }; take: number }) => {
    reads.push({ from: where.seq.gt, take })
    return seqs
      .filter((seq) => seq > where.seq.gt)
      .slice(0, take)
      .map(row)
  }
  return { reads, db: { change: { findMany } } as unknown as Db }
}

test('a queue holds 256 changes, and one that overflows is empty', () => {
  const listener = newListener()
  enqueue(listener, upTo(200))
  enqueue(listener, upTo(56, 201))
  expect([listener.queue.length, listener.known]).toEqual([256, 256])
  enqueue(listener, upTo(1, 257))
  expect([listener.queue.length, listener.known]).toEqual([0, 257])
  enqueue(listener, [])
  expect(listener.known).toBe(257)
})

test('who waits is woken by a change and by the end', () => {
  const listener = newListener()
  let woken = 0
  listener.notify = () => void woken++
  enqueue(listener, upTo(1))
  expire(listener)
  expect([woken, listener.expired]).toEqual([2, true])
})

test('changes of the queue that are known already are passed over, and the log is not read', async () => {
  const { db, reads } = logOf([])
  const listener = newListener()
  enqueue(listener, upTo(4))
  const changes = changesFrom(db, listener, { user_id: 'ann', seq: 2 }, new AbortController().signal)
  expect([(await changes.next()).value?.seq, (await changes.next()).value?.seq]).toEqual([3, 4])
  expect([reads, listener.queue]).toEqual([[], []])
})

test('a gap before the queue is read from the log, in parts', async () => {
  const { db, reads } = logOf(Array.from({ length: 450 }, (_, n) => n + 1))
  const listener = newListener()
  enqueue(listener, upTo(1, 450))
  const changes = changesFrom(db, listener, { user_id: 'ann', seq: 0 }, new AbortController().signal)
  const seqs: (number | undefined)[] = []
  for (let n = 0; n < 450; n++) seqs.push((await changes.next()).value?.seq)
  expect(seqs).toEqual(Array.from({ length: 450 }, (_, n) => n + 1))
  expect(reads).toEqual([
    { from: 0, take: 200 },
    { from: 200, take: 200 },
    { from: 400, take: 200 },
  ])
})

test('a log that no longer holds the next change ends the stream', async () => {
  const listener = newListener()
  enqueue(listener, upTo(1, 5))
  const changes = changesFrom(logOf([3, 4, 5]).db, listener, { user_id: 'ann', seq: 1 }, new AbortController().signal)
  await expect(changes.next()).rejects.toMatchObject({ reason: 'changes_expired' })
})

test('a listener whose log was reset ends, also while it waits', async () => {
  const listener = newListener()
  const changes = changesFrom(logOf([]).db, listener, { user_id: 'ann', seq: 0 }, new AbortController().signal)
  const waiting = Promise.allSettled([changes.next()])
  expire(listener)
  expect(await waiting).toMatchObject([{ status: 'rejected', reason: { reason: 'changes_expired' } }])
})

test('nothing is told after the end, although the log goes on', async () => {
  const ended = new AbortController()
  const listener = newListener()
  enqueue(listener, upTo(1, 3))
  const changes = changesFrom(logOf([1, 2, 3]).db, listener, { user_id: 'ann', seq: 0 }, ended.signal)
  expect((await changes.next()).value?.seq).toBe(1)
  ended.abort()
  expect((await changes.next()).done).toBe(true)
  const late = changesFrom(logOf([1]).db, newListener(), { user_id: 'ann', seq: 0 }, ended.signal)
  expect((await late.next()).done).toBe(true)
})
