import { z } from 'zod'
import type { Context } from '../core/context.ts'
import { fieldErrors } from '../errors/field_errors.ts'
import type { Operation } from '../core/operations.ts'
import { publicError } from '../errors/public_error.ts'
import { ApiError } from '../errors/api_error.ts'
import type { Principal } from '../core/services.ts'
import type { ToolMeta } from '../core/meta.ts'
import { numericIds } from './arguments.ts'
import { withKnownFields } from './unknown_field.ts'

/** An operation as an agent calls it. MCP and the assistant present these and decide nothing themselves. */
export interface Tool {
  readonly name: string
  /** For people: what a client shows. */
  readonly title: string
  readonly description: string
  /** Strict. `toolSchema(tool.input)` is its JSON Schema. */
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  readonly readOnly: boolean
  readonly destructive: boolean
  /** Whether it can remove a task. */
  readonly removes: boolean
  readonly idempotent: boolean
  /** Throws only an `ApiError`. `args` are the arguments as the agent sent them, not validated yet. */
  run(ctx: Context, args: unknown, signal?: AbortSignal): Promise<Record<string, unknown>>
  /** The same as the text that `JSON.stringify` would make of it. */
  runAsJson(ctx: Context, args: unknown, signal?: AbortSignal): Promise<string>
}

/** The tools among the operations, in the order of the operations, which is the same in every process. */
export function tools(operations: readonly Operation[]): Tool[] {
  return operations.flatMap((operation) => (operation.tool === undefined ? [] : [toolOf(operation, operation.tool)]))
}

/** The tools that a principal may use. A read-only key or access token does not see those that write. */
export function toolsFor({ scope }: Principal, all: readonly Tool[]): Tool[] {
  return all.filter(({ readOnly }) => scope === 'write' || (scope === 'read' && readOnly))
}

/** A tool's input or output as JSON Schema, without what is irrelevant to a model. */
export function toolSchema(schema: z.ZodObject, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      // The server tells what is wrong with a text; models do not read expressions.
      delete jsonSchema.pattern
      delete jsonSchema.examples
      if (io === 'input') return
      // A later version may add fields, which clients must not reject.
      delete jsonSchema.additionalProperties
      // Every tool is in the model's context, and the names of what it answers say enough.
      delete jsonSchema.description
    },
  })
  return json
}

// Agents written for the old service send the user in every call. It selects nothing, and is only checked.
const user_id = z.string().optional().meta({ description: 'Leave out' })

function toolOf(operation: Operation, meta: ToolMeta): Tool {
  const input = meta.input.extend({ user_id })
  const { runToolAsJson } = operation

  /** Checks the arguments, and reports what is wrong with them unless the operation finds something more important. */
  async function checkedRun<Answer>(ctx: Context, args: unknown, run: Run<Answer>): Promise<Answer> {
    const sent = named.safeParse(args)
    const checked = input.safeParse(sent.success ? numericIds(sent.data) : args)
    const { user_id: acting_for, ...fields } = numericIds(sent.data ?? {})
    const problem = checked.success ? problemOf(meta, fields) : validationError(checked.error, input)
    try {
      return await run({ ...ctx, ...actingFor(acting_for) }, fields, problem === undefined)
    } catch (error) {
      const published = publicError(error)
      throw published.reason === 'validation_failed' ? (problem ?? published) : published
    }
  }

  const description = {
    name: meta.name,
    title: meta.title,
    description: meta.description,
    input,
    output: meta.output,
    readOnly: operation.type === 'query',
    destructive: meta.destructive ?? false,
    removes: meta.removes ?? false,
    idempotent: operation.type === 'query' || (meta.idempotent ?? false),
  }

  // Every operation rejects null, but checks authorization first: that error takes precedence over the arguments'.
  if (meta.result === undefined) {
    const runAsJson: Tool['runAsJson'] = (ctx, args, signal) =>
      checkedRun(ctx, args, async (acting, fields, isValid) => {
        if (runToolAsJson === undefined) throw new TypeError(`${operation.name} has no procedure for its tool`)
        return (await runToolAsJson(acting, isValid ? fields : null, signal)).json
      })
    return {
      ...description,
      runAsJson,
      run: async (ctx, args, signal) => named.parse(JSON.parse(await runAsJson(ctx, args, signal))),
    }
  }
  const { result, toInput } = meta
  const run: Tool['run'] = (ctx, args, signal) =>
    checkedRun(ctx, args, async (acting, fields, isValid) => {
      const answer = await operation.run(acting, isValid ? (toInput?.(fields) ?? fields) : null, signal)
      return result(answer, ctx.services, fields)
    })
  return { ...description, run, runAsJson: async (ctx, args, signal) => JSON.stringify(await run(ctx, args, signal)) }
}

/** Runs a tool with arguments that may be invalid. */
type Run<Answer> = (ctx: Context, fields: Readonly<Record<string, unknown>>, isValid: boolean) => Promise<Answer>

function validationError(error: z.ZodError, input: z.ZodObject): ApiError {
  const fields = fieldErrors(error).map((field) => withKnownFields(field, input))
  return new ApiError('validation_failed', { fields }, error)
}

/** Why valid arguments stand for no input of the operation. */
function problemOf({ toInput }: ToolMeta, fields: Readonly<Record<string, unknown>>): ApiError | undefined {
  try {
    toInput?.(fields)
    return undefined
  } catch (error) {
    return publicError(error)
  }
}

const named = z.record(z.string(), z.unknown())

function actingFor(user: unknown): Pick<Context, 'acting_for'> {
  return typeof user === 'string' ? { acting_for: user } : {}
}
