import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import { rowId, storedTimestamp, timestamp } from '../core/fields.ts'
import { taskId, taskOutput, writeFields } from '../task/schema.ts'

/** One accepted write on one task: an entry of its user's log. */
export const changeOutput = z.object({
  seq: z.int().meta({ description: "The user's number of this change: 1, 2, 3 and so on, without a gap" }),
  task_id: z.int(),
  kind: z.enum(['created', 'updated', 'completed', 'reopened', 'deleted', 'restored']),
  before: taskOutput.nullable(),
  after: taskOutput.nullable(),
  via: z.enum(['rest', 'trpc', 'mcp', 'chat', 'sql']).meta({ description: 'The door; sql when none was given' }),
  conversation_id: z.int().nullable(),
  undoes: z.int().nullable().meta({ description: 'The seq of the change that this one took back' }),
  created_at: timestamp,
})
export type Change = z.infer<typeof changeOutput>

const loggedTask = taskOutput.extend({ created_at: storedTimestamp, updated_at: storedTimestamp })

/** Parses a row of the log into a change. */
export const loggedChange = changeOutput.extend({
  before: loggedTask.nullable(),
  after: loggedTask.nullable(),
  created_at: storedTimestamp,
})

/** A place in the log. Beyond the column's range is as much ahead of every log as its end is. */
const place = z
  .number()
  .refine(Number.isInteger, { message: 'Must be an integer', abort: true })
  .nonnegative()
  .transform((seq) => Math.min(seq, INT32_MAX))
  .meta({ type: 'integer', description: 'The last seq that you know; exclusive' })

const limit = z.int().min(1).max(200)
const cursor = z.string().max(4000)

export const changesInput = z.strictObject({
  since: place.optional(),
  limit: limit.optional().meta({ description: 'Default: 100' }),
  conversation_id: rowId.optional().meta({ description: "Only the assistant's changes of this conversation" }),
})
export const changesOutput = z.object({
  changes: z.array(changeOutput),
  next: z.int().meta({ description: 'Go on from here' }),
  has_more: z.boolean(),
})

export const historyInput = z.strictObject({ task_id: taskId, limit: limit.optional(), cursor: cursor.optional() })
export const historyOutput = z.object({ items: z.array(changeOutput), next_cursor: z.string().nullable() })

export const undoInput = z.strictObject({
  // Only agents may leave it out: they know what they did last, not its number.
  seq: rowId.optional().meta({ description: 'The change to take back' }),
  ...writeFields,
})

export const subscribeInput = z.strictObject({
  since: place.optional(),
  // tRPC puts the id of the last tracked event here when a client comes back.
  lastEventId: z
    .string()
    .regex(/^\d{1,10}$/, 'Must be the id of an event')
    .optional(),
})
