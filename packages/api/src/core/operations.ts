import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server'
import { z } from 'zod'
import type { Context } from './context.ts'
import type { OperationMeta } from './meta.ts'

/** A procedure as the transports see it: its name, its presentation, its input and output, and how to run it. */
export interface Operation extends OperationMeta {
  /** The procedure's path, such as `task.create`. */
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly input: z.ZodObject
  readonly output: z.ZodType | undefined
  /** Throws only an `ApiError`. A subscription resolves to an async iterable. */
  run(ctx: Context, input: unknown, signal?: AbortSignal): Promise<unknown>
}

/** All procedures of a router as a list, in the order in which they are written. */
export function operations(router: AnyTRPCRouter): Operation[] {
  return Object.entries<AnyTRPCProcedure>(router._def.procedures).map(([name, procedure]) => {
    const { meta, inputs, output, type } = describe(procedure)
    return {
      ...meta,
      name,
      type,
      input: inputs[0] ?? z.strictObject({}),
      output,
      run: (ctx, input, signal) =>
        procedure({ ctx, getRawInput: () => Promise.resolve(input), path: name, type, signal, batchIndex: 0 }),
    }
  })
}

// tRPC types a procedure's definition for its builder only; this is its shape at run time.
const definition = z.object({
  meta: z.custom<OperationMeta>((meta) => typeof meta === 'object' && meta !== null),
  type: z.enum(['query', 'mutation', 'subscription']),
  inputs: z.array(z.instanceof(z.ZodObject)),
  output: z.instanceof(z.ZodType).optional(),
})

function describe(procedure: AnyTRPCProcedure) {
  return definition.parse({ ...procedure._def })
}
