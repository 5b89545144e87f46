import { initTRPC, TRPCError, type AnyTRPCProcedure, type AnyTRPCRouter } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { types } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { appRouter } from '../router.ts'
import { ApiError } from '../errors/api_error.ts'
import type { OperationMeta } from './meta.ts'
import { operations } from './operations.ts'
import { withRunner } from './runner.ts'

interface TestContext {
  readonly log: string[]
  readonly user?: string
  readonly added?: string
}

const t = initTRPC
  .context<TestContext>()
  .meta<OperationMeta>()
  .create({ defaultMeta: { summary: 'A test' } })

/** A middleware that records its input and its result. */
const noted = (name: string) =>
  t.middleware(async ({ ctx, path, type, meta, signal, batchIndex, input, getRawInput, next }) => {
    const raw = await getRawInput()
    const seen = { user: ctx.user, added: ctx.added, path, type, summary: meta?.summary, batchIndex, input, raw }
    ctx.log.push(`${name} ${JSON.stringify({ ...seen, aborted: signal?.aborted })}`)
    const result = await next()
    ctx.log.push(`${name} ${result.ok ? 'ok' : result.error.message}`)
    return result
  })

const base = t.procedure.use(noted('first'))
const input = z.strictObject({ n: z.number() })
const output = z.object({ n: z.number() })

/** The procedures and middlewares that a runner has to support. */
const behaviours = {
  'a query': base
    .input(input)
    .output(output)
    .query(({ input: { n } }) => ({ n })),
  'a mutation': base
    .input(input)
    .output(output)
    .mutation(({ input: { n } }) => ({ n })),
  'no input and no output': base.query(() => 'x'),
  'an output with more fields than declared': base.output(output).query(() => ({ n: 1, secret: 2 })),
  'an output that does not parse': base.output(output).query(() => Object('x')),
  'an input that does not parse': base.input(z.strictObject({ other: z.string() })).query(() => 'x'),
  'two inputs': base
    .input(z.object({ n: z.number() }))
    .input(z.object({ m: z.number().default(2) }))
    .query(({ input }) => input),
  'an input that is transformed': base.input(input.transform(({ n }) => n + 1)).query(({ input }) => input),
  'a resolver that throws an ApiError': base.query(() => {
    throw new ApiError('task_not_found')
  }),
  'a resolver that throws any error': base.query(() => {
    throw new Error('resolver')
  }),
  'a resolver that throws no error': base.query(() => {
    // oxlint-disable-next-line typescript/only-throw-error -- a dependency may do so
    throw 'text'
  }),
  'a middleware that throws before': base
    .use(() => {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'before' })
    })
    .query(() => 'x'),
  'a middleware that throws after': base
    .use(async ({ next }) => {
      await next()
      throw new Error('after')
    })
    .use(noted('second'))
    .query(() => 'x'),
  'a middleware that calls next twice': base
    .use(async ({ next }) => {
      await next({ ctx: { user: 'first try' } })
      return next({ ctx: { added: 'second try' } })
    })
    .use(noted('second'))
    .input(input)
    .query(({ ctx, input }) => ({ input, user: ctx.user, added: ctx.added })),
  'a middleware that calls next twice at once': base
    .use(async ({ next }) => {
      const [, second] = await Promise.all([next({ ctx: { user: 'a' } }), next({ ctx: { user: 'b' } })])
      return second
    })
    .use(noted('second'))
    .input(input)
    .query(({ ctx, input }) => ({ input, user: ctx.user })),
  'a middleware that repeats what failed': base
    .use(async ({ ctx, next }) => {
      const result = await next()
      if (result.ok) return result
      ctx.log.push('again')
      return next({ ctx: { added: 'again' } })
    })
    .query(({ ctx }) => {
      if (ctx.added === undefined) throw new Error('not yet')
      return 'done'
    }),
  'a middleware that never calls next': base.use(async () => Object({ ok: true, data: 'early' })).query(() => 'x'),
  'a middleware that returns nothing': base.use(async () => Object(undefined)?.nothing).query(() => 'x'),
  'a middleware that answers an error': base
    .use(async () => Object({ ok: false, error: new TRPCError({ code: 'CONFLICT', message: 'answered' }) }))
    .query(() => 'x'),
  'a middleware that changes the result': base
    .use(async ({ next }) => ({ ...(await next()), data: 'changed' }))
    .query(() => 'x'),
  'a middleware that hides an error': base
    .use(async ({ next }) => {
      const result = await next()
      return result.ok ? result : Object({ ok: true, data: result.error.message })
    })
    .query(() => {
      throw new Error('hidden')
    }),
  'a middleware that adds to the context': base
    .use(({ next }) => next({ ctx: { added: 'x' } }))
    .use(noted('second'))
    .query(({ ctx }) => ({ user: ctx.user, added: ctx.added })),
  'a middleware that replaces the input': base
    .use(({ next }) => next({ input: { n: 7 } }))
    .use(noted('second'))
    .query(({ input }) => input),
  'a middleware that removes the input': base
    .input(input)
    .use(({ next }) => next({ input: undefined }))
    .query(({ input }) => input ?? 'none'),
  'a middleware that replaces the raw input': base
    .use(({ next }) => next({ getRawInput: async () => ({ n: 8 }) }))
    .use(noted('second'))
    .input(input)
    .query(({ input }) => input),
  'a signal': base.query(({ signal }) => ({ aborted: signal?.aborted, reason: String(signal?.reason) })),
  'a stream': base.mutation(async function* ({ signal }) {
    yield 1
    yield signal?.aborted
  }),
  'a stream that fails': base.mutation(async function* () {
    yield 1
    throw new Error('in the stream')
  }),
  'a subscription': base.input(input).subscription(async function* ({ input: { n } }) {
    yield n
    yield n + 1
  }),
}

type Behaviours = Record<string, AnyTRPCProcedure>
const byTrpc: Behaviours = behaviours
const byUs: Behaviours = withRunner(byTrpc)

const aborted = new AbortController()
aborted.abort(new Error('left'))
const calls = [
  { input: { n: 1 }, signal: undefined },
  { input: { n: 1 }, signal: aborted.signal },
  { input: undefined, signal: undefined },
  { input: { n: 'text', more: 1 }, signal: new AbortController().signal },
]

/** Everything observable about a call: its outcome, and what its middlewares saw. */
async function outcomeOf(procedure: AnyTRPCProcedure | undefined, { input, signal }: (typeof calls)[number]) {
  if (procedure === undefined) throw new Error('no such procedure')
  const ctx: TestContext = { log: [], user: 'ada' }
  const before = { ...ctx }
  const getRawInput = () => Promise.resolve(input)
  const { type } = procedure._def
  const outcome = await procedure({ ctx, getRawInput, path: 'a.b', type, signal, batchIndex: 3 }).then(valueOf, errorOf)
  expect(ctx).toEqual({ ...before, log: ctx.log })
  return { outcome, log: ctx.log }
}

async function valueOf(value: unknown) {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return { value }
  const values: unknown[] = []
  try {
    for await (const each of value as AsyncIterable<unknown>) values.push(each)
  } catch (error) {
    return { values, ...errorOf(error) }
  }
  return { values }
}

function errorOf(error: unknown) {
  if (!(error instanceof TRPCError)) return { thrown: String(error) }
  const { name, code, message, cause } = error
  return { name, code, status: getHTTPStatusCodeFromError(error), message, cause: String(cause), is: error.constructor }
}

describe.each(Object.keys(behaviours))('%s', (name) => {
  test.each(calls)("has the outcome of tRPC's own runner with $input", async (call) => {
    const ours = await outcomeOf(byUs[name], call)
    const theirs = await outcomeOf(byTrpc[name], call)
    if (name === 'a middleware that returns nothing') {
      // The code and the status are the same; the message differs.
      expect(ours.outcome).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', status: 500 })
      expect(theirs.outcome).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', status: 500 })
      return
    }
    expect(ours).toEqual(theirs)
    expect(ours.log.length).toBeGreaterThan(0)
  })
})

test('a caller and an operation run the same procedure', async () => {
  const { 'an input that is transformed': _, ...described } = byUs
  const router = t.router(described)
  for (const operation of operations(router)) {
    const { name } = operation
    const logs: [string[], string[]] = [[], []]
    const called = await router.createCaller({ log: logs[0] })[name]?.({ n: 1 }).then(valueOf, errorOf)
    const listed = await operation.run(Object({ log: logs[1] }), { n: 1 }).then(valueOf, errorOf)
    expect([name, listed, logs[1]]).toEqual([name, called, logs[0]])
  }
})

test('every procedure of the product is run by our runner', () => {
  const router: AnyTRPCRouter = appRouter
  for (const [name, procedure] of Object.entries(router._def.procedures)) {
    expect([name, types.isProxy(procedure)]).toEqual([name, true])
  }
})
