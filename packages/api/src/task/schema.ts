import { z } from 'zod'
import { pageCursor, pageLimit, rowId, text, timestamp } from '../core/fields.ts'
import { limits } from '../core/limits.ts'
import {
  addedFields,
  completedOutputsOf,
  defaultedOf,
  inputsOf,
  originalFields,
  outputsOf,
  taskFields,
} from './fields.ts'
import { filters } from './inputs/filters.ts'

/** A task on every transport. Fields may be added; none of these changes. */
export const taskOutput = z.object(outputsOf(taskFields))
export type Task = z.infer<typeof taskOutput>

/**
 * A task as an entry of the log holds it: with every field that existed when the entry was written, so that one that
 * was added since may be absent.
 */
export const loggedTaskOutput = z.object({
  ...outputsOf(originalFields),
  ...z.object(outputsOf(addedFields)).partial().shape,
})
export type LoggedTask = z.infer<typeof loggedTaskOutput>

/** Converts a logged task to the current form: fields that were added since have their default. */
export const completedTask = z.object({ ...outputsOf(originalFields), ...completedOutputsOf(addedFields) })

/** A task in a list; a task in the trash also has `deleted_at`. */
export const listedTaskOutput = taskOutput.extend({
  deleted_at: timestamp.optional().meta({ description: 'Only in the trash (status=deleted)' }),
})
export type ListedTask = z.infer<typeof listedTaskOutput>

export const taskId = rowId.meta({ description: 'The id of a task' })
const settable = z.strictObject(inputsOf(taskFields))
/** Some of the fields that callers set. */
export const taskFieldsInput = settable.partial()
/** The fields of a task that a caller decides. Undefined ones keep their value or take the default. */
export type TaskFields = z.infer<typeof taskFieldsInput>

/** What every write may add: the version that it is meant for, and a key that makes it safe to repeat. */
export const writeFields = {
  if_version: z
    .union([z.int(), z.array(z.int()).max(50)], 'Must be a version, or a list of at most 50')
    .optional()
    .meta({ description: 'Fails with version_mismatch unless the task has this version (or one of these)' }),
  idempotency_key: z
    .string()
    .regex(
      new RegExp(`^[\\x21-\\x7e]{1,${limits.idempotencyKeyLength}}$`),
      `Must be 1 to ${limits.idempotencyKeyLength} visible ASCII characters`,
    )
    .optional()
    .meta({ description: 'Repeats with the same key have one effect and get the original answer' }),
}
const { idempotency_key } = writeFields

export const createInput = settable.partial(defaultedOf(taskFields)).extend({ idempotency_key })

export const taskInput = z.strictObject({ task_id: taskId })
export const taskWriteInput = z.strictObject({ task_id: taskId, ...writeFields })

export const updateInput = z.strictObject({ task_id: taskId, ...taskFieldsInput.shape, ...writeFields })

export const taskSort = z.enum([
  'created',
  'created_at',
  'title',
  'updated_at',
  'due_date',
  'priority',
  'completed_at',
  'position',
])

export const listInput = z.strictObject({
  status: z.enum(['all', 'pending', 'completed', 'deleted']).optional().meta({ description: '`deleted` is the trash' }),
  completed: z.boolean().optional(),
  search: text
    .max(limits.searchLength)
    .optional()
    .meta({
      description:
        'Literal text in title or description, in any letter case. Without three of a-z and 0-9 in a row each page looks ' +
        `at ${limits.searchedTasks.toLocaleString('en')} tasks only: it may be short, or empty, and have a next one`,
    }),
  ...filters,
  sort: taskSort.optional().meta({ description: 'Default: created_at. Tasks without the value come last' }),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .meta({ description: 'Default: asc for title, due_date and position, else desc' }),
  limit: pageLimit.optional().meta({ description: `At most this many (1 to ${limits.pageItems})` }),
  cursor: pageCursor.optional().meta({ description: 'The next_cursor of the page before' }),
})
export type ListInput = z.infer<typeof listInput>

export const listOutput = z.object({ items: z.array(listedTaskOutput), next_cursor: z.string().nullable() })
