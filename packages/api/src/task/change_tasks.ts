import { z } from 'zod'
import type { ToolMeta } from '../core/meta.ts'
import { ApiError } from '../errors/api_error.ts'
import { batchInput, batchOutput } from './batch.ts'
import { tags } from './inputs/tags.ts'
import { taskFieldsInput, taskId, taskOutput } from './schema.ts'

const input = z.strictObject({
  task_ids: z.array(taskId).min(1).max(50),
  do: z.enum(['complete', 'reopen', 'delete', 'update']),
  set: z
    .strictObject({
      ...taskFieldsInput.pick({ priority: true, due_date: true, due_time: true }).shape,
      add_tags: tags.optional(),
      remove_tags: tags.optional(),
    })
    .optional()
    .meta({ description: 'With update: what to set' }),
  idempotency_key: batchInput.shape.idempotency_key,
})

const lean = taskOutput.pick({ id: true, title: true, version: true, completed: true })

/** The tool that changes several tasks in the same way: one atomic batch. */
export const changeTasks: ToolMeta = {
  name: 'change_tasks',
  title: 'Change several tasks',
  description:
    'Complete, reopen, delete or update several tasks at once: all of them or, on an error, none. One undo takes it back. ' +
    'Delete only what the user asked to delete.',
  input,
  toInput: (args) => {
    const { task_ids, do: what, set, idempotency_key } = input.parse(args)
    if ((what === 'update') !== (set !== undefined)) {
      const msg = set === undefined ? 'Needed with update' : 'Only with update'
      throw new ApiError('validation_failed', { fields: [{ type: 'custom', loc: ['set'], msg }] })
    }
    const operations = [...new Set(task_ids)].map((task_id) => ({ do: what, task_id, ...set }))
    return { operations, ...(idempotency_key === undefined ? {} : { idempotency_key }) }
  },
  output: z.object({ tasks: z.array(lean), first_seq: z.int(), last_seq: z.int() }),
  result: (answer) => {
    const { results, first_seq, last_seq } = batchOutput.parse(answer)
    const tasks = results.flatMap((each) => ('task' in each ? [lean.parse(each.task)] : []))
    return { tasks, first_seq, last_seq }
  },
  destructive: true,
  removes: true,
}
