import { z } from 'zod'
import { addedFields, taskFields, type Field, type FieldName } from './fields.ts'

/** The public description of a field: plain data, from which clients derive limits, defaults and how to merge. */
export interface PublishedField {
  /** Whether callers set it. Other fields occur only in responses. */
  readonly settable: boolean
  /** Whether a new task must have it. */
  readonly required: boolean
  readonly nullable: boolean
  /** The value of a task that was created without it; absent if there is none. */
  readonly default?: unknown
  /** Whether it came after the first version: tasks in older log entries and stored copies may lack it. */
  readonly added: boolean
  readonly type?: string
  /** In code points, after trimming. */
  readonly minLength?: number
  /** In code points, after trimming. */
  readonly maxLength?: number
  readonly maxItems?: number
  readonly enum?: readonly unknown[]
}

const json = z.object({
  type: z
    .union([z.string(), z.array(z.string()).transform((types) => types.find((type) => type !== 'null'))])
    .optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  maxItems: z.int().optional(),
  enum: z.array(z.unknown()).optional(),
})
const nullableJson = z.object({ anyOf: z.array(json) })

/** Every field of a task, in the order in which tasks show them. */
export const publishedFields: Readonly<Record<FieldName, PublishedField>> = publish(taskFields)

function publish<Name extends string>(fields: Record<Name, Field>): Record<Name, PublishedField>
function publish(fields: Record<string, Field>): Record<string, PublishedField> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, published(name, field)]))
}

function published(name: string, { input, output, default: value }: Field): PublishedField {
  const schema = input ?? output
  return {
    settable: input !== undefined,
    required: input !== undefined && value === undefined,
    nullable: schema.safeParse(null).success,
    ...(value === undefined ? {} : { default: value }),
    added: name in addedFields,
    ...limitsOf(schema),
  }
}

/** The limits of a schema, read from its JSON Schema; for a nullable schema, those of its non-null part. */
function limitsOf(schema: z.ZodType): z.infer<typeof json> {
  const written = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const branches = nullableJson.safeParse(written).data?.anyOf
  return json.parse(branches?.find(({ type }) => type !== 'null') ?? written)
}
