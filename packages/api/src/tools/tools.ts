import { z } from 'zod'
import type { Context } from '../core/context.ts'
import { fieldErrors } from '../errors/field_errors.ts'
import type { Operation } from '../core/operations.ts'
import { publicError } from '../errors/public_error.ts'
import { ApiError } from '../errors/api_error.ts'
import type { Principal } from '../core/services.ts'
import type { ToolMeta } from '../core/meta.ts'

/** An operation as an agent calls it: MCP and the assistant loop over these and decide nothing. */
export interface Tool {
  readonly name: string
  readonly description: string
  /** Strict, and sayable as JSON Schema: `toolSchema(tool.input)`. */
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  readonly readOnly: boolean
  readonly destructive: boolean
  /** A task may disappear by it. */
  readonly removes: boolean
  readonly idempotent: boolean
  /** Throws an `ApiError`, and nothing else. `args` are as the agent gave them, not checked yet. */
  run(ctx: Context, args: unknown, signal?: AbortSignal): Promise<Record<string, unknown>>
}

/** The tools among the operations, in the order in which they are written: equal in every process. */
export function tools(operations: readonly Operation[]): Tool[] {
  return operations.flatMap((operation) => (operation.tool === undefined ? [] : [toolOf(operation, operation.tool)]))
}

/** The tools that a principal may use: a read-only key does not see the writing ones. */
export function toolsFor(principal: Principal, all: readonly Tool[]): Tool[] {
  return all.filter((tool) => tool.readOnly || principal.scope === 'write')
}

/** A tool's input or output as JSON Schema, without what a model needs not read. */
export function toolSchema(schema: z.ZodObject, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      // More fields may come in a later version: an agent must not refuse them.
      if (io === 'output') delete jsonSchema.additionalProperties
    },
  })
  return json
}

// Agents written for the old service name the user in every call. It decides nothing: it can only be refused.
const user_id = z.string().optional().meta({ description: 'Not needed. If given, it must be your own user id' })

function toolOf(operation: Operation, meta: ToolMeta): Tool {
  const input = meta.input.extend({ user_id })
  return {
    name: meta.name,
    description: meta.description,
    input,
    output: meta.output,
    readOnly: operation.type === 'query',
    destructive: meta.destructive ?? false,
    removes: meta.removes ?? false,
    idempotent: operation.type === 'query' || (meta.idempotent ?? false),
    async run(ctx, args, signal) {
      const checked = input.safeParse(args)
      const { user_id: acting_for, ...fields } = named.catch({}).parse(args)
      try {
        // No operation takes null: it then refuses who may not call it at all before it speaks of arguments.
        const answer = await operation.run(
          { ...ctx, ...actingFor(acting_for) },
          checked.success ? fields : null,
          signal,
        )
        return meta.result(answer)
      } catch (error) {
        const refusal = publicError(error)
        if (checked.success || refusal.reason !== 'validation_failed') throw refusal
        throw new ApiError('validation_failed', { fields: fieldErrors(checked.error) }, checked.error)
      }
    },
  }
}

const named = z.record(z.string(), z.unknown())

function actingFor(user: unknown): Pick<Context, 'acting_for'> {
  return typeof user === 'string' ? { acting_for: user } : {}
}
