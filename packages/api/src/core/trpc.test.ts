import { currentCaller } from '@taskwire/db/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Context, OperationTrace } from './context.ts'
import { operations } from './operations.ts'
import type { Principal, Services } from './services.ts'
import { protectedProcedure, router } from './trpc.ts'

const principal: Principal = {
  user_id: 'ann',
  kind: 'issued',
  scope: 'write',
  actor: null,
  email: null,
  name: null,
  expires_at: null,
}
const meta = { summary: 'A test' }
const input = z.strictObject({ fails: z.boolean().optional() })

const procedures = operations(
  router({
    read: protectedProcedure
      .meta(meta)
      .input(input)
      .query(({ input: { fails } }) => outcome(fails)),
    write: protectedProcedure
      .meta(meta)
      .input(input)
      .mutation(({ input: { fails } }) => outcome(fails)),
    stream: protectedProcedure
      .meta(meta)
      .input(input)
      .mutation(async function* () {
        yield 1
        throw new Error('secret')
      }),
  }),
)

function outcome(fails: boolean | undefined): string {
  if (fails === true) throw new Error('secret')
  return 'done'
}

/** Runs a procedure, and tells what it did besides. */
async function run(name: string, given: object = {}) {
  const seen = { notified: [] as string[], logged: 0, ended: [] as unknown[], verified: 0 }
  const trace: OperationTrace = { statement: () => {}, end: (code) => void seen.ended.push(code ?? 'ok') }
  const services = {
    feed: { notify: (user_id: string) => void seen.notified.push(user_id) },
    log: { error: () => void seen.logged++, warn: () => {} },
    tokens: { verify: () => (seen.verified++, principal) },
  } as unknown as Services
  const record = { operations: [], database_ms: 0, trace: { begin: () => trace } }
  const ctx: Context = { services, via: 'rest', request_id: 'r', record }
  const procedure = procedures.find((one) => one.name === name)
  const result = procedure?.run(ctx, given).then(
    (value) => ({ value }),
    (error: { reason?: string }) => ({ reason: error.reason }),
  )
  return { seen, record, result: await result }
}

test('a write notifies the streams of its user, and neither a read nor a failure does', async () => {
  expect((await run('write')).seen.notified).toEqual(['ann'])
  expect((await run('read')).seen.notified).toEqual([])
  expect((await run('write', { fails: true })).seen.notified).toEqual([])
})

test('each operation ends its trace once, with the code of its error', async () => {
  expect((await run('read')).seen.ended).toEqual(['ok'])
  expect((await run('read', { fails: true })).seen).toMatchObject({ ended: ['internal_error'], logged: 1 })
  expect((await run('read', { wrong: 1 })).seen).toMatchObject({ ended: ['validation_failed'], logged: 0 })
})

test('the token is verified once, and its user recorded with the operation', async () => {
  const { seen, record } = await run('read')
  expect(seen.verified).toBe(1)
  expect(record).toMatchObject({ user_id: 'ann', operations: ['read'] })
})

test('a stream that fails after its beginning publishes no text of the error', async () => {
  const { result, seen } = await run('stream')
  if (result === undefined || !('value' in result)) throw new Error('no stream')
  const values: unknown[] = []
  const read = async () => {
    for await (const value of result.value as AsyncIterable<unknown>) values.push(value)
  }
  await expect(read()).rejects.toMatchObject({ reason: 'internal_error', message: 'Internal server error' })
  expect([values, seen.logged]).toEqual([[1], 1])
})

test('a read is cancelled when its caller leaves, and a write is not', async () => {
  const signals: unknown[] = []
  const notes = operations(
    router({
      read: protectedProcedure.meta(meta).query(() => void signals.push(currentCaller()?.signal)),
      write: protectedProcedure.meta(meta).mutation(() => void signals.push(currentCaller()?.signal)),
    }),
  )
  const { signal } = new AbortController()
  const services = { feed: { notify: () => {} }, log: {}, tokens: {} } as unknown as Services
  for (const name of ['read', 'write']) {
    await notes
      .find((one) => one.name === name)
      ?.run({ services, via: 'rest', request_id: 'r', principal }, undefined, signal)
  }
  expect(signals).toEqual([signal, undefined])
})
