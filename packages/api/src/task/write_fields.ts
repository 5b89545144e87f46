import type { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError, type FieldError } from '../errors/api_error.ts'
import { idempotentWrite, type ChangeMetadata, type Write } from '../log/write.ts'
import { dateProblems, datesWritten, fittingDates, isDated, noDates, type Dates, type DatedField } from './dates.ts'
import type { createInput, Task, TaskFields, updateInput } from './schema.ts'
import { answered, assertVersion, hasVersion, liveTask, orNotFound, rowOf, wantedVersions, writeTask } from './write.ts'
import { taskInsert, taskUpdate } from './write_sql.ts'

type CreateInput = z.infer<typeof createInput>

/** Creates a task. Fields that are left out take their default. */
export function createTask(ctx: UserContext, operation: string, input: CreateInput): Promise<Task> {
  return insertTask(ctx, { operation, input }, input)
}

/** Creates a task with fields that follow from the request. */
export function insertTask(
  ctx: UserContext,
  request: Pick<Write<Task>, 'operation' | 'input'>,
  sent: TaskFields,
): Promise<Task> {
  const { fields, problems, ignored } = judged(ctx, sent, noDates)
  refuse(problems)
  ctx.onIgnored?.(ignored)
  const written = isDated(fields) ? { ...fields, ...datesWritten(fields, noDates) } : fields
  return idempotentWrite<Task>(ctx, {
    ...request,
    execute: (metadata) => rowOf(ctx, taskInsert(ctx.user_id, written, metadata)),
    replay: answered,
    diagnose: async () => {},
  })
}

type UpdateInput = z.infer<typeof updateInput>

/** Sets the fields of a task that are sent. */
export function updateTask(ctx: UserContext, operation: string, input: UpdateInput): Promise<Task> {
  if (!isDated(input)) return writeTask(ctx, operation, input, (task, metadata) => taskUpdate(task, input, metadata))
  // What no task allows is refused before a task is looked for.
  refuse(judged(ctx, input, {}).problems)
  return idempotentWrite<Task>(ctx, {
    operation,
    input,
    execute: (metadata) => updateDates(ctx, input, metadata),
    replay: answered,
    diagnose: async () => {
      const before = orNotFound(await liveTask(ctx, input.task_id))
      assertVersion(before, input.if_version)
      refuse(judged(ctx, input, before).problems)
    },
  })
}

/** As many other writes may come between the reading and the writing of a task's dates. */
const MAX_RACES = 20

/**
 * Judges new dates by those that the task has, and writes them if it still has those. Other fields may change meanwhile.
 * Null where there is no such task, or it does not allow the dates.
 */
async function updateDates(ctx: UserContext, input: UpdateInput, metadata: ChangeMetadata): Promise<Task | null> {
  const task = { user_id: ctx.user_id, id: input.task_id, versions: wantedVersions(input.if_version) }
  for (let races = 0; races <= MAX_RACES; races++) {
    const before = await liveTask(ctx, input.task_id)
    if (before === null || !hasVersion(before, input.if_version)) return null
    const { fields, problems, ignored } = judged(ctx, input, before)
    if (problems.length > 0) return null
    const written = { ...fields, ...datesWritten(fields, before) }
    const row = await rowOf(ctx, taskUpdate({ ...task, dates: before }, written, metadata))
    if (row === null) continue
    ctx.onIgnored?.(ignored)
    return row
  }
  return null
}

interface JudgedWrite {
  readonly fields: TaskFields
  readonly problems: readonly FieldError[]
  readonly ignored: readonly DatedField[]
}

/** Old clients do not know the rules: what violates one is left out of their writes. */
function judged(ctx: UserContext, sent: TaskFields, before: Partial<Dates>): JudgedWrite {
  if (ctx.onIgnored === undefined) return { fields: sent, problems: dateProblems(sent, before), ignored: [] }
  return { ...fittingDates(sent, before), problems: [] }
}

function refuse(problems: readonly FieldError[]): void {
  if (problems.length > 0) throw new ApiError('validation_failed', { fields: problems })
}
