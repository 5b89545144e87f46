import {
  answerOutput,
  changeOutput,
  conversationOutput,
  deliveryOutput,
  listedTaskOutput,
  loggedTaskOutput,
  messageOutput,
  reminderOutput,
  apiErrors,
  taskOutput,
  webhookOutput,
} from '@taskwire/api'
import { z } from 'zod'

/** A JSON Schema of the 2020-12 dialect, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>

/** The outputs of several operations, by name. */
const named = new Map<unknown, string>([
  [taskOutput, 'Task'],
  [listedTaskOutput, 'ListedTask'],
  [loggedTaskOutput, 'LoggedTask'],
  [changeOutput, 'Change'],
  [conversationOutput, 'Conversation'],
  [messageOutput, 'Message'],
  [answerOutput, 'ChatAnswer'],
  [webhookOutput, 'Webhook'],
  [deliveryOutput, 'WebhookDelivery'],
  [reminderOutput, 'Reminder'],
])

export function componentSchemas(): Record<string, Schema> {
  const outputs = [...named].map(([schema, name]) => [name, outputSchema(schema, { itself: true })])
  return { ...Object.fromEntries(outputs), ...errorSchemas }
}

/** The schema of an output. It allows further fields, because some may be added. Named schemas are referenced. */
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

/** The schemas of an input's fields by name, and which of them are required. */
export function inputSchema(input: z.ZodObject): { fields: Readonly<Record<string, Schema>>; required: Set<string> } {
  const { properties = {}, required = [] } = z.toJSONSchema(input, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutSafeRange(jsonSchema),
  })
  const fields = Object.entries(properties).map(([name, schema]) => [name, typeof schema === 'object' ? schema : {}])
  return { fields: Object.fromEntries(fields), required: new Set(required) }
}

/** Removes the range of safe integers, which zod adds to every integer. */
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
      description: 'Location: path, query, header or body, then the name of the field',
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
      'The error; x-taskwire-errors lists for each code whether a retry can help and what the error is about',
  },
  Error: {
    type: 'object',
    required: ['detail', 'code', 'request_id'],
    properties: {
      detail: {
        description: 'Message for people; with the code validation_failed, a list of the invalid fields',
        anyOf: [{ type: 'string' }, { type: 'array', items: reference('FieldError') }],
      },
      code: reference('Code'),
      request_id: { type: 'string', description: 'The value of the X-Request-Id header' },
      current: { ...reference('Task'), description: 'With version_mismatch: the current task' },
      index: { type: 'integer', description: 'In a batch: the place of the operation that was refused' },
      conversation_id: { type: 'integer', description: 'The conversation of a chat that failed' },
      tool_calls: {
        type: 'array',
        items: { type: 'object' },
        description: 'What the assistant had already done when it failed',
      },
    },
  },
}
