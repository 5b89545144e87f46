import { getTRPCErrorFromUnknown, TRPCError, type AnyTRPCProcedure } from '@trpc/server'
import { z } from 'zod'
import type { OperationMeta } from './meta.ts'

/** The arguments of a procedure, from tRPC's callers and adapters and from `operations`. */
export interface ProcedureCall {
  readonly ctx: object
  readonly getRawInput: () => Promise<unknown>
  readonly input?: unknown
  readonly path: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly signal: AbortSignal | undefined
  readonly batchIndex: number
}

type Overrides = Partial<Pick<ProcedureCall, 'ctx' | 'getRawInput' | 'input'>>
type Result = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: Error }
type Middleware = (
  call: ProcedureCall & { meta: OperationMeta | undefined; next: (overrides?: Overrides) => Promise<Result> },
) => Promise<Result>

// tRPC types a procedure's definition for its builder only; this is its shape at run time.
const definition = z.object({
  meta: z.custom<OperationMeta>().optional(),
  middlewares: z.array(z.custom<Middleware>((middleware) => typeof middleware === 'function')).min(1),
})
type Definition = z.infer<typeof definition>

/**
 * The same record, with procedures that run their middlewares here instead of in tRPC, whether called by its callers,
 * its adapters or `operations`. tRPC copies the call twice at each middleware, which costs three times as much
 * (docs/decisions/006).
 */
export function withRunner<Procedures extends object>(record: Procedures): Procedures
export function withRunner(record: object): object {
  return Object.fromEntries(Object.entries(record).map(([name, item]) => [name, isProcedure(item) ? run(item) : item]))
}

function isProcedure(item: unknown): item is AnyTRPCProcedure {
  return typeof item === 'function' && '_def' in item
}

function run(procedure: AnyTRPCProcedure): AnyTRPCProcedure {
  const parsed = definition.parse({ ...procedure._def })
  return new Proxy(procedure, { apply: (_target, _this, [call]) => runProcedure(parsed, call) })
}

async function runProcedure(procedure: Definition, call: ProcedureCall): Promise<unknown> {
  const result = await runFrom(0, procedure, call)
  // A middleware that returns nothing breaks its type, but not the process.
  if (result === undefined)
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: `${call.path} returned nothing` })
  if (!result.ok) throw result.error
  return result.data
}

/** Runs the middleware at `index`; its `next` runs those behind it, each time that it is called. */
async function runFrom(index: number, procedure: Definition, call: ProcedureCall): Promise<Result> {
  const { ctx, getRawInput, input, path, type, signal, batchIndex } = call
  const next = (overrides?: Overrides) =>
    runFrom(index + 1, procedure, overrides === undefined ? call : overridden(call, overrides))
  try {
    const middleware = procedure.middlewares[index]
    if (middleware === undefined) throw new Error(`${path} has no resolver`)
    return await middleware({ ctx, getRawInput, input, path, type, signal, batchIndex, meta: procedure.meta, next })
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause) }
  }
}

function overridden(call: ProcedureCall, overrides: Overrides): ProcedureCall {
  const { path, type, signal, batchIndex } = call
  return {
    ctx: overrides.ctx === undefined ? call.ctx : { ...call.ctx, ...overrides.ctx },
    getRawInput: overrides.getRawInput ?? call.getRawInput,
    input: 'input' in overrides ? overrides.input : call.input,
    path,
    type,
    signal,
    batchIndex,
  }
}
