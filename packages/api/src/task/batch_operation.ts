import { z } from 'zod'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError, type FieldError } from '../errors/api_error.ts'
import { fieldErrors } from '../errors/field_errors.ts'
import { tags } from './inputs/tags.ts'
import { moveFields, moveTask, namesOnePlace, onePlace } from './move.ts'
import { createInput, taskFieldsInput, taskId, writeFields, type Task } from './schema.ts'
import { skipTask } from './skip.ts'
import { liveTask, orNotFound, taskOf, writeTask } from './write.ts'
import { createTask, setCompleted, updateTask } from './write_fields.ts'
import { taskTrash } from './write_sql.ts'

const ref = z.string().min(1).max(64)
const { if_version } = writeFields
const task = {
  task_id: taskId.optional(),
  ref: ref.optional().meta({ description: 'In place of task_id: a task that was created earlier in this batch' }),
  if_version,
}

const create = createInput.omit({ idempotency_key: true }).extend({
  do: z.literal('create'),
  ref: ref.optional().meta({ description: 'A name by which later operations refer to the new task' }),
})
const update = z.strictObject({
  do: z.literal('update'),
  ...task,
  ...taskFieldsInput.shape,
  add_tags: tags.optional().meta({ description: 'Added to those that the task has' }),
  remove_tags: tags.optional(),
})
const simple = z.strictObject({ do: z.enum(['complete', 'reopen', 'skip', 'delete']), ...task })
const move = z.strictObject({ do: z.literal('move'), ...task, ...moveFields })

/** One operation of a batch. */
export const batchOperation = z.discriminatedUnion(
  'do',
  [create, update, simple, move],
  'Must be create, update, complete, reopen, skip, delete or move',
)
export type BatchOperation = z.infer<typeof batchOperation>
type OnTask = Exclude<BatchOperation, { do: 'create' }>

/** The tasks that earlier operations of the same batch have created, by the names that they gave them. */
export type CreatedTasks = Map<string, number>

/** Executes one operation, of whatever form it is. Throws an `ApiError` where it is refused; then it has changed nothing. */
export async function executeOperation(ctx: UserContext, sent: unknown, created: CreatedTasks): Promise<Task> {
  const { data: operation, error } = batchOperation.safeParse(sent)
  if (error !== undefined) throw new ApiError('validation_failed', { fields: fieldErrors(error) }, error)
  if (operation.do !== 'create') return taskOf(await change(ctx, operation, taskNamed(operation, created)))
  const { do: _, ref: name, ...fields } = operation
  if (name !== undefined && created.has(name)) refuse({ loc: ['ref'], msg: 'Names a task already' })
  const task = taskOf(await createTask(ctx, 'task.create', fields))
  if (name !== undefined) created.set(name, task.id)
  return task
}

/** The ids of the tasks that operations name. */
export function namedTasks(operations: readonly unknown[]): number[] {
  return operations.flatMap((operation) => namingTask.safeParse(operation).data?.task_id ?? [])
}
const namingTask = z.object({ task_id: taskId })

function taskNamed({ task_id, ref: name }: OnTask, created: CreatedTasks): number {
  if ((task_id === undefined) === (name === undefined)) {
    refuse({ loc: ['task_id'], msg: 'Name the task by one of task_id and ref' })
  }
  const id = task_id ?? created.get(name ?? '')
  if (id === undefined) throw new ApiError('task_not_found')
  return id
}

async function change(ctx: UserContext, operation: OnTask, task_id: number): Promise<JsonAnswer> {
  const { if_version } = operation
  const input = { task_id, if_version }
  switch (operation.do) {
    case 'complete':
    case 'reopen':
      return setCompleted(ctx, { operation: `task.${operation.do}`, input }, operation.do === 'complete')
    case 'skip':
      return skipTask(ctx, 'task.skip', input)
    case 'delete':
      return writeTask(ctx, 'task.delete', input, taskTrash)
    case 'move': {
      const { after, before, to } = operation
      if (!namesOnePlace(operation)) refuse({ loc: onePlace.path, msg: onePlace.error })
      return moveTask(ctx, 'task.move', { ...input, after, before, to })
    }
    case 'update': {
      const { do: _, ref: __, add_tags: ___, remove_tags: ____, ...fields } = operation
      const changed = await tagsAfter(ctx, operation, task_id)
      return updateTask(ctx, 'task.update', { ...fields, ...changed, task_id })
    }
  }
}

/** The row is locked, so that no tag is lost that others add meanwhile. */
async function tagsAfter(
  ctx: UserContext,
  { tags: sent, add_tags, remove_tags }: Extract<OnTask, { do: 'update' }>,
  task_id: number,
) {
  if (add_tags === undefined && remove_tags === undefined) return {}
  if (sent !== undefined) refuse({ loc: ['tags'], msg: 'Cannot be combined with add_tags or remove_tags' })
  const before = orNotFound(await liveTask(ctx, task_id))
  const kept = before.tags.filter((tag) => remove_tags?.includes(tag) !== true)
  const { data, error } = tags.safeParse([...kept, ...(add_tags ?? [])])
  if (error !== undefined) {
    refuse(...fieldErrors(error).map(({ msg }) => ({ loc: ['add_tags'], msg })))
  }
  return { tags: data }
}

function refuse(...problems: readonly Pick<FieldError, 'loc' | 'msg'>[]): never {
  throw new ApiError('validation_failed', { fields: problems.map((problem) => ({ type: 'custom', ...problem })) })
}
