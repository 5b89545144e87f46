import { expect, test } from 'vitest'
import type { UserContext } from '../core/trpc.ts'
import { changeMetadata, firstEntry, idempotentWrite, type Write } from './write.ts'

const keyTaken = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'change_user_id_key_key' })
const REQUEST = changeMetadata(contextOf(null), { operation: 'x', input: { idempotency_key: 'key' } }).changed_request

const entry = {
  seq: 3,
  task_id: 1,
  kind: 'deleted',
  before: null,
  after: null,
  via: 'rest',
  actor: null,
  conversation_id: null,
  undoes: null,
  part_of: null,
  batch: null,
  created_at: new Date(0),
}

/** A context whose log has an entry with a key. */
function contextOf(found: object | null, more: Partial<UserContext> = {}): UserContext {
  const findFirst = async () => found
  const base = { user_id: 'ann', via: 'mcp', principal: { actor: 'key:1' }, conversation_id: 5 }
  return { ...base, services: { db: { change: { findFirst } } }, ...more } as unknown as UserContext
}

function write(more: Partial<Write<string>> = {}): Write<string> {
  return {
    operation: 'x',
    input: { idempotency_key: 'key' },
    execute: async () => null,
    replay: ({ seq }) => `replay of ${seq}`,
    diagnose: async () => {},
    ...more,
  }
}

test('a write that takes effect is not looked for in the log', async () => {
  const failing = () => Promise.reject(new Error('not to be read'))
  const ctx = { ...contextOf(null), services: { db: { change: { findFirst: failing } } } } as unknown as UserContext
  expect(await idempotentWrite(ctx, write({ execute: async () => 'done' }))).toBe('done')
})

test('a repeat gets the answer of the first request, whether no row matched or the key was taken', async () => {
  const ctx = contextOf({ ...entry, request: REQUEST })
  expect(await idempotentWrite(ctx, write())).toBe('replay of 3')
  const refused = write({ execute: () => Promise.reject(keyTaken) })
  expect(await idempotentWrite(ctx, refused)).toBe('replay of 3')
})

test('a key of another request is refused', async () => {
  const ctx = contextOf({ ...entry, request: 'another' })
  await expect(idempotentWrite(ctx, write())).rejects.toMatchObject({ reason: 'idempotency_key_reused' })
})

test('a violation without a key, and any other error, is one of the write', async () => {
  const ctx = contextOf({ ...entry, request: REQUEST })
  const keyless = write({ input: {}, execute: () => Promise.reject(keyTaken) })
  await expect(idempotentWrite(ctx, keyless)).rejects.toBe(keyTaken)
  const lost = write({ execute: () => Promise.reject(new Error('lost')) })
  await expect(idempotentWrite(ctx, lost)).rejects.toThrow('lost')
})

test('a write that finds no row is tried five times, as long as another attempt could succeed', async () => {
  let attempts = 0
  const execute = async () => {
    attempts++
    return null
  }
  const overloaded = idempotentWrite(contextOf(null), write({ execute }))
  await expect(overloaded).rejects.toMatchObject({ reason: 'overloaded', details: { retry_after: 1 } })
  expect(attempts).toBe(5)
  const diagnose = () => Promise.reject(new Error('there is none'))
  await expect(idempotentWrite(contextOf(null), write({ execute, diagnose }))).rejects.toThrow('there is none')
  expect(attempts).toBe(6)
})

test('within a batch the key is not looked for again', async () => {
  const ctx = contextOf({ ...entry, request: REQUEST }, { batch: { seq: 8, key: 'key', request: REQUEST } })
  const diagnose = () => Promise.reject(new Error('there is none'))
  await expect(idempotentWrite(ctx, write({ diagnose }))).rejects.toThrow('there is none')
})

test('the log records who wrote, how and where; in a batch the key is that of the whole', async () => {
  const input = { idempotency_key: 'key' }
  expect(changeMetadata(contextOf(null), { operation: 'x', input })).toEqual({
    changed_via: 'mcp',
    changed_actor: 'key:1',
    changed_key: 'key',
    changed_request: REQUEST,
    changed_conversation_id: 5,
    changed_batch: null,
  })
  expect(changeMetadata(contextOf(null), { operation: 'x', input: {} })).toMatchObject({
    changed_key: null,
    changed_request: null,
  })
  const batch = { seq: 8, key: null, request: null }
  expect(changeMetadata(contextOf(null, { batch }), { operation: 'x', input })).toMatchObject({
    changed_key: null,
    changed_request: null,
    changed_batch: 8,
  })
})

test('without a key nothing is looked for', async () => {
  expect(await firstEntry(contextOf(entry), { changed_key: null, changed_request: null })).toBeNull()
})
