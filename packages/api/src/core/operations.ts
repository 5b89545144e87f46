import { getTRPCErrorFromUnknown, type AnyTRPCProcedure, type AnyTRPCRouter } from '@trpc/server'
import { z } from 'zod'
import type { Context } from './context.ts'
import type { OperationMeta } from './trpc.ts'

/** A procedure as adapters see it: what it is called, how it looks from outside, what goes in and out, and how to run it. */
export interface Operation extends OperationMeta {
  /** `task.create`: the procedure's path. */
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly input: z.ZodObject
  readonly output: z.ZodType | undefined
  /** Throws an `ApiError`, and nothing else. A subscription resolves to an async iterable. */
  run(ctx: Context, input: unknown, signal?: AbortSignal): Promise<unknown>
}

/** All procedures of a router as a plain list, in the order in which they are written. */
export function operations(router: AnyTRPCRouter): Operation[] {
  return Object.entries<AnyTRPCProcedure>(router._def.procedures).map(([name, procedure]) => {
    const { meta, inputs, output, type, middlewares } = describe(procedure)
    return {
      ...meta,
      name,
      type,
      input: inputs[0] ?? z.strictObject({}),
      output,
      run: (ctx, input, signal) =>
        run(middlewares, {
          ctx,
          getRawInput: () => Promise.resolve(input),
          path: name,
          type,
          meta,
          signal,
          batchIndex: 0,
        }),
    }
  })
}

/** A call on its way through a procedure: what tRPC hands to each of its middlewares. */
interface Call {
  ctx: object
  getRawInput: () => Promise<unknown>
  input?: unknown
  readonly path: string
  readonly type: Operation['type']
  readonly meta: OperationMeta
  readonly signal: AbortSignal | undefined
  readonly batchIndex: number
  next?: (further?: Partial<Pick<Call, 'ctx' | 'getRawInput' | 'input'>>) => Promise<Result>
}
type Result = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: Error }
type Middleware = (call: Call) => Promise<Result>

/**
 * Runs a procedure's own middlewares as tRPC's caller does, on one call object instead of two copies for each of them:
 * with them a call costs three times as much (docs/decisions/006).
 */
async function run(middlewares: readonly Middleware[], call: Call): Promise<unknown> {
  let index = 0
  const step = async (): Promise<Result> => {
    const middleware = middlewares[index++]
    if (middleware === undefined) throw new Error(`${call.path} has no resolver`)
    try {
      return await middleware(call)
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) }
    }
  }
  call.next = (further) => {
    if (further?.ctx !== undefined) call.ctx = { ...call.ctx, ...further.ctx }
    if (further !== undefined && 'input' in further) call.input = further.input
    if (further?.getRawInput !== undefined) call.getRawInput = further.getRawInput
    return step()
  }
  const result = await step()
  if (!result.ok) throw result.error
  return result.data
}

// tRPC types a procedure's definition for its builder only; this is its shape at run time.
const definition = z.object({
  meta: z.custom<OperationMeta>((meta) => typeof meta === 'object' && meta !== null),
  type: z.enum(['query', 'mutation', 'subscription']),
  inputs: z.array(z.instanceof(z.ZodObject)),
  output: z.instanceof(z.ZodType).optional(),
  middlewares: z.array(z.custom<Middleware>((step) => typeof step === 'function')),
})

function describe(procedure: AnyTRPCProcedure) {
  return definition.parse({ ...procedure._def })
}
