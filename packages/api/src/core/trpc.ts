import { initTRPC } from '@trpc/server'
import type { z } from 'zod'
import type { Context } from './context.ts'
import { publicError } from '../errors/public_error.ts'
import { ApiError, type ErrorCode } from '../errors/api_error.ts'
import type { Principal } from './services.ts'

/** How an operation looks from outside. Adapters loop over these and decide nothing. */
export interface OperationMeta {
  /** One line for people: the OpenAPI summary. */
  readonly summary: string
  /** What this operation may refuse besides what every one may: sign-in, input, versions, keys, overload. */
  readonly errors?: readonly ErrorCode[]
  readonly rest?: RestMeta
  readonly tool?: ToolMeta
}

export interface RestMeta {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]
  /** With `{name}` for parameters; `{user_id}` is the user whom the caller acts for. */
  readonly path: string
  readonly status: 200 | 201 | 204
  /** Where the rest of the input comes from. Default: `query` for GET, `body` for POST, PUT and PATCH, else `none`. */
  readonly input?: 'query' | 'body' | 'none'
  /**
   * `items`: the output's `items` are the answer, its `next_cursor` a Link; without `limit` all pages are.
   * `events`: the operation is a subscription, served as server-sent events.
   */
  readonly answer?: 'items' | 'events'
  /** The output has a `version`, which is sent as `ETag`; a query answers 304 when `If-None-Match` names it. */
  readonly etag?: boolean
  /** The operation that answers instead, with server-sent events, when the caller accepts `text/event-stream`. */
  readonly streamed_by?: string
}

export interface ToolMeta {
  readonly name: string
  /** Written for a model: what it does, what it answers, what to do on an error. */
  readonly description: string
  /** The arguments: fields of the operation's input, each by the same rule or a narrower one. */
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  /** What an agent reads of the operation's answer. */
  readonly result: (answer: unknown) => Record<string, unknown>
  /** It overwrites or removes something. */
  readonly destructive?: boolean
  /** A task may disappear by it: the assistant asks the user before it removes several. */
  readonly removes?: boolean
  /** Calling it again with the same arguments leaves the tasks as they are. */
  readonly idempotent?: boolean
}

const t = initTRPC
  .context<Context>()
  .meta<OperationMeta>()
  .create({
    isDev: false,
    defaultMeta: { summary: '' },
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, ctx }) {
      // Only refusals reach this with a text of their own; what tRPC itself throws is named by its code.
      const refusal = publicError(error)
      const { reason, details } = refusal
      return {
        message: refusal.message,
        code: shape.code,
        data: {
          code: refusal.code,
          httpStatus: shape.data.httpStatus,
          path: shape.data.path,
          reason,
          request_id: ctx?.request_id,
          ...details,
        },
      }
    },
  })

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/**
 * What stands before every operation, in this order: 401, 429, 403; only then is any input looked at. It is also the one
 * place where an unforeseen failure becomes a public error: logged with its cause, published without it. One middleware
 * for all of it, because tRPC copies the call and its context at each.
 */
export const protectedProcedure = t.procedure.use(async ({ ctx, path, type, signal, getRawInput, next }) => {
  const call = { ctx, operation: path, signal }
  try {
    const principal = ctx.principal ?? (await ctx.services.tokens.verify(ctx.token))
    countCall(ctx, principal)
    assertAllowed(ctx, principal, type)
    // Both at once, which tRPC does but cannot say in its types.
    const input = { getRawInput: async () => orNoFields(await getRawInput()) }
    const result = await next({ ctx: { principal, user_id: principal.user_id }, ...input })
    if (!result.ok) throw result.error
    if (isStream(result.data)) return { ...result, data: refusing(call, result.data) }
    // The user's listeners hear of a change at once.
    if (type === 'mutation') ctx.services.feed.notify(principal.user_id)
    return result
  } catch (error) {
    throw loggedRefusal(call, error)
  }
})

/** Callers act for themselves, and a key of scope `read` ends before every mutation. */
function assertAllowed({ acting_for }: Context, { user_id, scope }: Principal, type: string): void {
  if (acting_for !== undefined && acting_for !== user_id) throw new ApiError('user_mismatch')
  if (type === 'mutation' && scope !== 'write') throw new ApiError('scope_insufficient')
}

/** What the assistant does for a user is part of the call that asked it. */
function countCall({ services, via, counted, onAllowance }: Context, { user_id }: Principal): void {
  if (services.calls === undefined || via === 'chat' || counted === true) return
  const allowance = services.calls.take(user_id)
  onAllowance?.(allowance)
  if (!allowance.allowed) throw new ApiError('rate_limited', { retry_after: allowance.reset })
}

/** On tRPC a call may come without any input: that is one with none of its fields. */
function orNoFields(input: unknown): unknown {
  return input === undefined ? {} : input
}

interface Call {
  readonly ctx: Context
  readonly operation: string
  readonly signal: AbortSignal | undefined
}

/** A stream may still fail after its first value. */
async function* refusing(call: Call, stream: AsyncIterable<unknown>) {
  try {
    yield* stream
  } catch (error) {
    throw loggedRefusal(call, error)
  }
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}

function loggedRefusal({ ctx, operation, signal }: Call, error: unknown): ApiError {
  const refusal = publicError(error)
  // That a call ended because its caller left is no failure of ours.
  if (refusal.status >= 500 && signal?.aborted !== true) {
    ctx.services.log.error({ err: error, operation, request_id: ctx.request_id }, refusal.message)
  }
  return refusal
}

/** The context behind `protectedProcedure`. */
export interface UserContext extends Context {
  readonly principal: NonNullable<Context['principal']>
  readonly user_id: string
}
