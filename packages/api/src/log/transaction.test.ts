import type { Sql } from '@taskwire/db'
import { expect, test } from 'vitest'
import type { UserContext } from '../core/trpc.ts'
import { AlreadyExecuted, keepOutcome, lastSeq, writeTogether } from './transaction.ts'

const lostRace = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'task_open_series_key' })
const none = { changed_key: null, changed_request: null }
const keyed = { changed_key: 'key', changed_request: 'request' }

/** A context on a database that knows the log's end and one key; and its statements. */
function context(known = false) {
  const statements: { text: string; values: readonly unknown[] }[] = []
  const state = { begun: 0 }
  const sql = (async (statement: { text: string; values: readonly unknown[] }) => {
    statements.push(statement)
    if (statement.text.includes('change_counter')) return [{ seq: 7 }]
    if (statement.text.includes('max(seq)')) return [{ seq: known ? 9 : null }]
    return statement.text.includes('key = $2') && known ? [{ seq: 3 }] : []
  }) as unknown as Sql
  const transact = (work: (sql: Sql) => Promise<unknown>) => {
    state.begun++
    return work(sql)
  }
  const ctx = { user_id: 'ann', services: { sql, transact } } as unknown as UserContext
  return { ctx, statements, state }
}

test('each task is locked once, those first that the writes name, and then the log', async () => {
  const { ctx, statements } = context()
  const seq = await writeTogether(ctx, { tasks: [3, 1, 3, 0, -1, 2 ** 31], metadata: none }, async (_, at) => at)
  expect(seq).toBe(8)
  expect(statements.map(({ values }) => values)).toEqual([['ann', [3, 1]], ['ann']])
  expect(statements[0]?.text).toMatch(/ORDER BY id FOR UPDATE$/)
})

test('the first write has the key, and all have the seq of the first', async () => {
  const { ctx } = context()
  const batches = await writeTogether(ctx, { tasks: [], metadata: keyed }, async (contextOf) => [
    contextOf(true).batch,
    contextOf(false).batch,
  ])
  expect(batches).toEqual([
    { seq: 8, key: 'key', request: 'request' },
    { seq: 8, key: null, request: null },
  ])
})

test('what was executed with a key is not executed again', async () => {
  const { ctx, state } = context(true)
  let worked = false
  const work = async () => void (worked = true)
  await expect(writeTogether(ctx, { tasks: [], metadata: keyed }, work)).rejects.toThrow(AlreadyExecuted)
  expect([worked, state.begun]).toEqual([false, 1])
  await writeTogether(ctx, { tasks: [], metadata: none }, work)
  expect(worked).toBe(true)
})

test('a transaction that loses a race is tried five times', async () => {
  const { ctx, state } = context()
  const losing = (times: number) => async () => {
    if (state.begun <= times) throw lostRace
    return 'done'
  }
  expect(await writeTogether(ctx, { tasks: [], metadata: none }, losing(4))).toBe('done')
  expect(state.begun).toBe(5)
  state.begun = 0
  await expect(writeTogether(ctx, { tasks: [], metadata: none }, losing(5))).rejects.toBe(lostRace)
  expect(state.begun).toBe(5)
})

test('any other failure is not tried again', async () => {
  const { ctx, state } = context()
  const work = () => Promise.reject(new Error('lost'))
  await expect(writeTogether(ctx, { tasks: [], metadata: none }, work)).rejects.toThrow('lost')
  expect(state.begun).toBe(1)
})

test('an outcome is kept with the change that has the key', async () => {
  const { ctx, statements } = context()
  await keepOutcome(ctx, { last_seq: 9 })
  await keepOutcome({ ...ctx, batch: { seq: 8, key: null, request: null } }, { last_seq: 9 })
  expect(statements).toEqual([])
  await keepOutcome({ ...ctx, batch: { seq: 8, key: 'key', request: 'x' } }, { last_seq: 9 })
  expect(statements.map(({ values }) => values)).toEqual([['ann', 'key', '{"last_seq":9}']])
})

test('the last seq of an empty log is 0', async () => {
  expect(await lastSeq(context().ctx)).toBe(0)
  expect(await lastSeq(context(true).ctx)).toBe(9)
})
