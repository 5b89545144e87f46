import {
  answerOutput,
  changeOutput,
  conversationOutput,
  listedTaskOutput,
  loggedTaskOutput,
  messageOutput,
  apiErrors,
  taskOutput,
} from '@taskwire/api'
import { z } from 'zod'

/** A JSON Schema of the 2020-12 dialect, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>

/** What several operations answer, by name. */
const named = new Map<unknown, string>([
  [taskOutput, 'Task'],
  [listedTaskOutput, 'ListedTask'],
  [loggedTaskOutput, 'LoggedTask'],
  [changeOutput, 'Change'],
  [conversationOutput, 'Conversation'],
  [messageOutput, 'Message'],
  [answerOutput, 'ChatAnswer'],
])

export function componentSchemas(): Record<string, Schema> {
  const outputs = [...named].map(([schema, name]) => [name, outputSchema(schema, { itself: true })])
  return { ...Object.fromEntries(outputs), ...errorSchemas }
}

/** The schema of what goes out: open, as fields may be added. Named schemas are referred to. */
export function outputSchema(schema: unknown, { itself = false } = {}): Schema {
  if (!(schema instanceof z.ZodType)) return {}
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      withoutSafeRange(jsonSchema)
      delete jsonSchema.additionalProperties
      const name = named.get(zodSchema)
      if (name === undefined || (itself && path.length === 0)) return
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key)
      jsonSchema.$ref = reference(name).$ref
    },
  })
  return rest
}

/** What an input's fields may be, by name, and which of them must be there. */
export function inputSchema(input: z.ZodObject): { fields: Readonly<Record<string, Schema>>; required: Set<string> } {
  const { properties = {}, required = [] } = z.toJSONSchema(input, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutSafeRange(jsonSchema),
  })
  const fields = Object.entries(properties).map(([name, schema]) => [name, typeof schema === 'object' ? schema : {}])
  return { fields: Object.fromEntries(fields), required: new Set(required) }
}

/** zod says of every integer that JavaScript can hold it. */
function withoutSafeRange(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

export function reference(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}

const fieldError: Schema = {
  type: 'object',
  required: ['type', 'loc', 'msg'],
  properties: {
    type: { type: 'string' },
    loc: {
      type: 'array',
      items: { type: ['string', 'integer'] },
      description: 'Where: path, query, header or body, then the name',
    },
    msg: { type: 'string' },
  },
}

const errorSchemas: Record<string, Schema> = {
  FieldError: fieldError,
  Code: {
    type: 'string',
    enum: Object.keys(apiErrors),
    description:
      'What went wrong; x-taskwire-errors says for each code whether a repeat can help, and what it is about',
  },
  Error: {
    type: 'object',
    required: ['detail', 'code', 'request_id'],
    properties: {
      detail: {
        description: 'For people; a list of the broken fields where the code is validation_failed',
        anyOf: [{ type: 'string' }, { type: 'array', items: reference('FieldError') }],
      },
      code: reference('Code'),
      request_id: { type: 'string', description: 'As in the X-Request-Id header' },
      current: { ...reference('Task'), description: 'With version_mismatch: the task as it is now' },
      conversation_id: { type: 'integer', description: 'Of a chat that failed on its way' },
      tool_calls: {
        type: 'array',
        items: { type: 'object' },
        description: 'What the assistant had done when it failed',
      },
    },
  },
}
