import type { DatabaseCaller } from '@taskwire/db'
import { ApiError } from '../errors/api_error.ts'
import { publicError } from '../errors/public_error.ts'
import { RECORDED_OPERATIONS, type Context, type OperationTrace } from './context.ts'
import type { Principal } from './services.ts'

// The steps of `protectedProcedure`, in their order.

export function verifyToken({ services, token }: Context): Principal | Promise<Principal> {
  return services.tokens.verify(token)
}

/** Names the operation in the record of its request. */
export function recordOperation({ record }: Context, operation: string): void {
  if (record !== undefined && record.operations.length < RECORDED_OPERATIONS) record.operations.push(operation)
}

export function recordCaller({ record }: Context, { user_id, actor }: Principal): void {
  if (record === undefined) return
  record.user_id = user_id
  record.actor = actor
}

/** A function that adds a statement to the record of the request, and to the trace of its operation. */
export function statementObserver(
  { record }: Context,
  trace: OperationTrace | undefined,
): DatabaseCaller['onStatement'] {
  if (record === undefined) return undefined
  return (ms, name) => {
    record.database_ms += ms
    trace?.statement(name, ms)
  }
}

/** Counts the call, unless it is part of another: what the assistant does for a user, or the rest of a list. */
export function enforceRateLimit({ services, via, counted, onAllowance }: Context, { user_id }: Principal): void {
  if (services.calls === undefined || via === 'chat' || counted === true) return
  const allowance = services.calls.take(user_id)
  onAllowance?.(allowance)
  if (!allowance.allowed) throw new ApiError('rate_limited', { retry_after: allowance.reset })
}

/** Callers act for themselves only, and within the scope of their API key or access token. */
export function assertMayAct({ acting_for }: Context, { user_id, kind, scope }: Principal, type: string): void {
  if (acting_for !== undefined && acting_for !== user_id) throw new ApiError('user_mismatch')
  const writes = type === 'mutation'
  if (scope === 'write' || (scope === 'read' && !writes)) return
  throw new ApiError(
    'scope_insufficient',
    kind === 'oauth' ? { required_scope: writes ? 'tasks:write' : 'tasks:read' } : {},
  )
}

/**
 * The steps before any input is looked at, for transports that would have to read a large body first. Returns the context
 * to run the operation with.
 */
export async function authorizeCall(ctx: Context, operation: { name: string; type: string }): Promise<Context> {
  try {
    const principal = await verifyToken(ctx)
    recordCaller(ctx, principal)
    enforceRateLimit(ctx, principal)
    assertMayAct(ctx, principal, operation.type)
    return { ...ctx, principal, counted: true }
  } catch (error) {
    recordOperation(ctx, operation.name)
    throw logAndPublish({ ctx, operation: operation.name, signal: undefined }, error)
  }
}

/**
 * On tRPC a call may come without any input, which means an input without any field. Its libraries for TanStack Query add
 * the direction of an infinite query, and our lists have only one.
 */
export function inputAsMeant(getRawInput: () => Promise<unknown>): () => Promise<unknown> {
  return async () => {
    const input = await getRawInput()
    if (input === undefined) return {}
    if (typeof input !== 'object' || input === null || !('direction' in input)) return input
    const { direction, ...rest } = input
    return direction === 'forward' ? rest : input
  }
}

/** What the log needs to know of a call that failed. */
export interface FailedCall {
  readonly ctx: Context
  readonly operation: string
  readonly signal: AbortSignal | undefined
}

/** A stream may fail after its first value. */
export async function* withPublicErrors(call: FailedCall, stream: AsyncIterable<unknown>) {
  try {
    yield* stream
  } catch (error) {
    throw logAndPublish(call, error)
  }
}

/** Shows a change to the user's open streams at once, instead of at the next poll. */
export function notifyListeners({ services }: Context, { user_id }: Principal): void {
  services.feed.notify(user_id)
}

export function logAndPublish({ ctx, operation, signal }: FailedCall, error: unknown): ApiError {
  const published = publicError(error)
  if (ctx.record !== undefined) ctx.record.code = published.reason
  // A client disconnect is not a server error.
  if (published.status >= 500 && signal?.aborted !== true) {
    ctx.services.log.error({ err: error, operation, request_id: ctx.request_id }, published.message)
  }
  return published
}
