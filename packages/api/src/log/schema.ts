import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import { pageCursor, pageLimit, rowId, storedTimestamp, timestamp } from '../core/fields.ts'
import { addedFields, originalFields, storedOf, taskFields, type Field } from '../task/fields.ts'
import { positionOf } from '../task/position.ts'
import { loggedTaskOutput, taskId, writeFields } from '../task/schema.ts'

/** One accepted write on one task: an entry of its user's log. */
export const changeOutput = z.object({
  seq: z.int().meta({ description: "The user's number of this change: 1, 2, 3 and so on, without a gap" }),
  task_id: z.int(),
  kind: z.enum(['created', 'updated', 'completed', 'reopened', 'deleted', 'restored']),
  before: loggedTaskOutput.nullable(),
  after: loggedTaskOutput.nullable(),
  via: z
    .enum(['rest', 'trpc', 'mcp', 'chat', 'sql'])
    .meta({ description: 'The transport; sql for a statement on the database' }),
  actor: z.string().nullable().meta({
    description: 'Who made it: `key:<id>` for an API key, `client:<id>` for a connected app, null for the user',
  }),
  conversation_id: z.int().nullable(),
  undoes: z.int().nullable().meta({ description: 'The seq of the change that this one undid' }),
  part_of: z
    .int()
    .nullable()
    .meta({ description: 'The seq of the change that this one belongs to and is undone with' }),
  batch: z.int().nullable().meta({ description: 'The seq of the first change of the batch, import or call' }),
  created_at: timestamp,
})
export type Change = z.infer<typeof changeOutput>

/** The fields of a task as the log stores them: as JSON that PostgreSQL made of the row. */
const storedTask = z
  .object({
    ...storedOf(originalFields),
    ...z.object(storedOf(addedFields)).partial().shape,
    position: z.string().nullable().optional(),
  })
  .transform(({ position, ...task }) =>
    position === undefined ? task : { ...task, position: position ?? positionOf(task.id) },
  )

/** Parses a row of the log into a change. Fields of a task that this version does not know are dropped. */
export const loggedChange = z.preprocess(
  withEmptyFields,
  changeOutput.extend({ before: storedTask.nullable(), after: storedTask.nullable(), created_at: storedTimestamp }),
)

const shapedRow = z.looseObject({
  shape: z.int(),
  before: z.looseObject({}).nullable(),
  after: z.looseObject({}).nullable(),
})

/** Adds the fields that were empty to the entries of a row, which lack them. A row without a shape lacks none. */
function withEmptyFields(row: unknown): unknown {
  const { success, data } = shapedRow.safeParse(row)
  if (!success) return row
  const { before, after } = data
  const empty = emptyFields(data.shape)
  return { ...data, before: before && { ...empty, ...before }, after: after && { ...empty, ...after } }
}

/** Null for every field that existed in a shape. */
function emptyFields(shape: number): Record<string, null> {
  const known = Object.entries<Field>(taskFields).filter(([, field]) => (field.shape ?? 1) <= shape)
  return Object.fromEntries(known.map(([name]) => [name, null]))
}

/** A position in the log. One beyond the column's range is ahead of every log. */
const position = z
  .number()
  .refine(Number.isInteger, { message: 'Must be an integer', abort: true })
  .nonnegative()
  .transform((seq) => Math.min(seq, INT32_MAX))
  .meta({ type: 'integer', description: 'The last seq that you know; exclusive' })

export const changesInput = z.strictObject({
  since: position.optional(),
  limit: pageLimit.optional().meta({ description: 'Default: 100' }),
  conversation_id: rowId.optional().meta({ description: "Only the assistant's changes of this conversation" }),
})
export const changesOutput = z.object({
  changes: z.array(changeOutput),
  next: z.int().meta({ description: 'The `since` of the next page' }),
  has_more: z.boolean(),
})

export const historyInput = z.strictObject({
  task_id: taskId,
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})
export const historyOutput = z.object({ items: z.array(changeOutput), next_cursor: z.string().nullable() })

export const undoInput = z.strictObject({
  // Only agents may leave it out: they know what they did last, but not its seq.
  seq: rowId.optional().meta({ description: 'The change to undo' }),
  through: rowId.optional().meta({ description: 'The last of several consecutive changes, all of which are undone' }),
  ...writeFields,
})

/** Several changes that undid others, in one transaction. */
export const undoneOutput = z.object({
  changes: z.array(changeOutput).meta({ description: 'The new changes, oldest first' }),
  first_seq: z.int(),
  last_seq: z.int(),
})

export const subscribeInput = z.strictObject({
  since: position.optional(),
  // tRPC puts the id of the last tracked event here when a client comes back.
  lastEventId: z
    .string()
    .regex(/^\d{1,10}$/, 'Must be the id of an event')
    .optional(),
  reminders: z
    .boolean()
    .optional()
    .meta({ description: 'Reminders as they fire, too. Default: true over REST, else false' }),
})
