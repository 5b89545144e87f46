import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server'
import { z } from 'zod'
import type { Context } from './context.ts'
import { isJsonAnswer, type JsonAnswer } from './json_answer.ts'
import type { OperationMeta } from './meta.ts'

/** A procedure as the transports see it: its name, its presentation, its input and output, and how to run it. */
export interface Operation extends Omit<OperationMeta, 'json'> {
  /** The procedure's path, such as `task.create`. */
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly input: z.ZodObject
  readonly output: z.ZodType | undefined
  /** Throws only an `ApiError`. A subscription resolves to an async iterable. */
  run(ctx: Context, input: unknown, signal?: AbortSignal): Promise<unknown>
  /** The same, if PostgreSQL writes the output: the same steps and errors, and the JSON of the same output. */
  readonly runAsJson?: RunAsJson
  /** The same for the tool's arguments, if PostgreSQL writes what the tool answers. */
  readonly runToolAsJson?: RunAsJson
}

/** Runs an operation whose answer PostgreSQL writes. Throws only an `ApiError`. */
export type RunAsJson = (ctx: Context, input: unknown, signal?: AbortSignal) => Promise<JsonAnswer>

/** All procedures of a router as a list, in the order in which they are written. */
export function operations(router: AnyTRPCRouter): Operation[] {
  return Object.entries<AnyTRPCProcedure>(router._def.procedures).map(([name, procedure]) => {
    const { meta, inputs, output, type } = describe(procedure)
    const { json, ...rest } = meta
    const runner =
      (of: AnyTRPCProcedure) =>
      (ctx: Context, input: unknown, signal?: AbortSignal): Promise<unknown> =>
        of({ ctx, getRawInput: () => Promise.resolve(input), path: name, type, signal, batchIndex: 0 })
    return {
      ...rest,
      name,
      type,
      input: inputs[0] ?? z.strictObject({}),
      output,
      run: runner(procedure),
      ...(json === undefined ? {} : { runAsJson: answeringJson(runner(json)) }),
      ...(meta.tool?.json === undefined ? {} : { runToolAsJson: answeringJson(runner(meta.tool.json)) }),
    }
  })
}

function answeringJson(run: Operation['run']): RunAsJson {
  return async (ctx, input, signal) => {
    const answer = await run(ctx, input, signal)
    if (isJsonAnswer(answer)) return answer
    throw new TypeError('a procedure of `json` must return a JsonAnswer')
  }
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
