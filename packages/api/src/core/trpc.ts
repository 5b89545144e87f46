import { iterateForCaller, runForCaller } from '@taskwire/db'
import { initTRPC } from '@trpc/server'
import { publicError } from '../errors/public_error.ts'
import {
  assertMayAct,
  inputAsMeant,
  enforceRateLimit,
  logAndPublish,
  notifyListeners,
  recordCaller,
  recordOperation,
  statementObserver,
  verifyToken,
  withPublicErrors,
} from './call_steps.ts'
import type { Context } from './context.ts'
import type { OperationMeta } from './meta.ts'
import { withRunner } from './runner.ts'

const t = initTRPC
  .context<Context>()
  .meta<OperationMeta>()
  .create({
    isDev: false,
    defaultMeta: { summary: '' },
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, ctx }) {
      // tRPC's own errors get the code and the text of our table, which reveal no internals.
      const { message, code, reason, details } = publicError(error)
      return {
        message,
        code: shape.code,
        data: {
          code,
          httpStatus: shape.data.httpStatus,
          path: shape.data.path,
          reason,
          request_id: ctx?.request_id,
          ...details,
        },
      }
    },
  })

/** Like tRPC's `router`, but our runner always runs the procedures. */
export const router: typeof t.router = (record) => t.router(withRunner(record))
export const createCallerFactory = t.createCallerFactory

/**
 * Runs these steps around every operation, in this order: 401, 429 and 403 come before any input is looked at. It is
 * also the one place where an unexpected error becomes a public one: logged with its cause, published without it. One
 * middleware for all steps, because each further one costs every call.
 */
export const protectedProcedure = t.procedure.use(async ({ ctx, path, type, signal, getRawInput, next }) => {
  const call = { ctx, operation: path, signal }
  recordOperation(ctx, path)
  const trace = ctx.record?.trace?.begin(path)
  try {
    const principal = ctx.principal ?? (await verifyToken(ctx))
    recordCaller(ctx, principal)
    enforceRateLimit(ctx, principal)
    assertMayAct(ctx, principal, type)
    const { user_id } = principal
    // tRPC accepts both at once, but its types do not say so.
    const input = { getRawInput: inputAsMeant(getRawInput) }
    // A write is not cancelled when its caller leaves: nobody would know whether it happened.
    const caller = {
      user_id,
      signal: type === 'query' ? signal : undefined,
      onStatement: statementObserver(ctx, trace),
    }
    const result = await runForCaller(caller, () => next({ ctx: { principal, user_id }, ...input }))
    if (!result.ok) throw result.error
    trace?.end()
    if (isStream(result.data)) {
      return { ...result, data: withPublicErrors(call, iterateForCaller({ user_id }, result.data)) }
    }
    if (type === 'mutation') notifyListeners(ctx, principal)
    return result
  } catch (error) {
    const published = logAndPublish(call, error)
    trace?.end(published.reason)
    throw published
  }
})

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}

/** The context of a procedure that `protectedProcedure` protects. */
export interface UserContext extends Context {
  readonly principal: NonNullable<Context['principal']>
  readonly user_id: string
  /** Where several writes are one transaction: what its changes have in common. */
  readonly batch?: Batch | undefined
}

/** Changes that one call makes together. */
export interface Batch {
  /** The seq of the first of them. */
  readonly seq: number
  /** The call's idempotency key and the hash of its request: the first change has them, the others have none. */
  readonly key: string | null
  readonly request: string | null
}
