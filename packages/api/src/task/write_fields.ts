import type { Statement } from '@taskwire/db'
import type { z } from 'zod'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError, type FieldError } from '../errors/api_error.ts'
import { isSeriesViolation } from '../errors/database_error.ts'
import { idempotentWrite, type ChangeMetadata, type Write, type WriteInput } from '../log/write.ts'
import { dateProblems, fieldsWritten, fittingDates, isDated, noDates, type Dates, type DatedField } from './dates.ts'
import type { createInput, Task, TaskFields, updateInput } from './schema.ts'
import { statementSetting } from './series.ts'
import { taskInSeries, type TaskInSeries } from './series_sql.ts'
import type { TaskRow } from './sql.ts'
import { answeredAsText, assertVersion, hasVersion, liveTask, orNotFound, rowOf, wantedVersions } from './write.ts'
import { taskInsert, taskToggle, taskUpdate, type LiveTask } from './write_sql.ts'

type CreateInput = z.infer<typeof createInput>

/** Creates a task. Fields that are left out take their default. */
export function createTask(ctx: UserContext, operation: string, input: CreateInput): Promise<JsonAnswer> {
  return insertTask(ctx, { operation, input }, input)
}

/** Creates a task with fields that follow from the request. */
export function insertTask(
  ctx: UserContext,
  request: Pick<Write<JsonAnswer>, 'operation' | 'input'>,
  sent: TaskFields,
): Promise<JsonAnswer> {
  const { fields, problems, ignored } = judged(ctx, sent, noDates)
  refuse(problems)
  ctx.onIgnored?.(ignored)
  const written = fieldsWritten(fields, noDates)
  return idempotentWrite<JsonAnswer>(ctx, {
    ...request,
    execute: (metadata) => rowOf(ctx, taskInsert(ctx.user_id, written, metadata)),
    replay: answeredAsText,
    diagnose: async () => {},
  })
}

type UpdateInput = z.infer<typeof updateInput>
type TaskWriteInput = WriteInput & { readonly task_id: number }

/** How to set fields of a task. */
interface Setting {
  readonly operation: string
  readonly input: TaskWriteInput
  /** The fields, as they follow from the task. */
  readonly sent: (before: Task) => TaskFields
  /** The statement that sets them without the task having been read. It may match no row where that is necessary. */
  readonly unread?: ((task: LiveTask, metadata: ChangeMetadata) => Statement) | undefined
}

/** Sets the fields of a task that are sent. */
export function updateTask(ctx: UserContext, operation: string, input: UpdateInput): Promise<JsonAnswer> {
  // What no task allows is refused before a task is looked for.
  refuse(judged(ctx, input, {}).problems)
  const { task_id: _, if_version: __, idempotency_key: ___, ...sent } = input
  const written = isDated(sent) ? undefined : fieldsWritten(sent, noDates)
  const unread: Setting['unread'] = written && ((task, metadata) => taskUpdate(task, written, metadata))
  return setFields(ctx, { operation, input, sent: () => sent, unread })
}

/** Sets whether a task is completed. */
export function setCompleted(
  ctx: UserContext,
  { operation, input }: Pick<Setting, 'operation' | 'input'>,
  completed: boolean,
): Promise<JsonAnswer> {
  const sent = { completed }
  const unread: Setting['unread'] = (task, metadata) => taskUpdate(task, sent, metadata)
  return setFields(ctx, { operation, input, sent: () => sent, unread })
}

/** Flips whether a task is completed. */
export function toggleTask(ctx: UserContext, operation: string, input: TaskWriteInput): Promise<JsonAnswer> {
  return setFields(ctx, { operation, input, sent: ({ completed }) => ({ completed: !completed }), unread: taskToggle })
}

function setFields(ctx: UserContext, setting: Setting): Promise<JsonAnswer> {
  const { operation, input, sent, unread } = setting
  return idempotentWrite<JsonAnswer>(ctx, {
    operation,
    input,
    execute: async (metadata) => {
      const row = unread === undefined ? null : await rowOf(ctx, unread(liveTaskOf(ctx, input), metadata))
      return row ?? setReadFields(ctx, setting, metadata)
    },
    replay: answeredAsText,
    diagnose: async () => {
      const before = orNotFound(await liveTask(ctx, input.task_id))
      assertVersion(before, input.if_version)
      refuse(judged(ctx, sent(before), before).problems)
    },
  })
}

function liveTaskOf(ctx: UserContext, { task_id, if_version }: TaskWriteInput): LiveTask {
  return { user_id: ctx.user_id, id: task_id, versions: wantedVersions(if_version) }
}

export async function readTask(ctx: UserContext, id: number): Promise<TaskInSeries | null> {
  const [row] = await ctx.services.sql<TaskRow & Omit<TaskInSeries, keyof Task>>(taskInSeries(ctx.user_id, id))
  if (row === undefined) return null
  const { task, ...series } = row
  return { ...task, ...series }
}

/** As many other writes may come between the reading and the writing of a task. */
export const MAX_RACES = 20

/**
 * Judges a write by what the task is, and executes it if that still holds. Null where there is no such task, or it does
 * not allow the write.
 */
async function setReadFields(ctx: UserContext, setting: Setting, metadata: ChangeMetadata): Promise<JsonAnswer | null> {
  const { input, sent } = setting
  for (let races = 0; races <= MAX_RACES; races++) {
    const before = await readTask(ctx, input.task_id)
    if (before === null || !hasVersion(before, input.if_version)) return null
    const { fields, problems, ignored } = judged(ctx, sent(before), before)
    if (problems.length > 0) return null
    const row = await rowUnlessRaced(
      ctx,
      statementSetting(ctx, { before, fields, task: liveTaskOf(ctx, input) }, metadata),
    )
    if (row === null) continue
    ctx.onIgnored?.(ignored)
    return row
  }
  return null
}

/** Null where no row matched, or another task of the series was opened meanwhile. */
async function rowUnlessRaced(ctx: UserContext, statement: Statement): Promise<JsonAnswer | null> {
  try {
    return await rowOf(ctx, statement)
  } catch (error) {
    if (isSeriesViolation(error)) return null
    throw error
  }
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
