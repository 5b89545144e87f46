import { INT32_MAX, type Statement } from '@taskwire/db'
import type { Change } from '../log/schema.ts'
import { idempotentWrite, type ChangeMetadata, type WriteInput } from '../log/write.ts'
import { ApiError } from '../errors/api_error.ts'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { positionOf } from './position.ts'
import { completedTask, type Task } from './schema.ts'
import { taskSelect, type TaskRow } from './sql.ts'
import type { LiveTask } from './write_sql.ts'

/** Changes one live task by one statement, once per key. Fails with 404, or with 412 and the current task. */
export async function writeTask(
  ctx: UserContext,
  operation: string,
  input: WriteInput & { readonly task_id: number },
  statement: (task: LiveTask, metadata: ChangeMetadata) => Statement,
): Promise<JsonAnswer> {
  const task = { user_id: ctx.user_id, id: input.task_id, versions: wantedVersions(input.if_version) }
  return idempotentWrite<JsonAnswer>(ctx, {
    operation,
    input,
    execute: (metadata) => rowOf(ctx, statement(task, metadata)),
    replay: answeredAsText,
    diagnose: async () => assertVersion(orNotFound(await liveTask(ctx, input.task_id)), input.if_version),
  })
}

type ReadPlace = Pick<Statement, 'mayUseStandby'>

/** The user's task unless it is in the trash; null if the user has no such task. */
export async function liveTask(ctx: UserContext, id: number, where: ReadPlace = {}): Promise<Task | null> {
  const [row] = await ctx.services.sql<TaskRow>({ ...taskSelect(ctx.user_id, id), ...where })
  return row?.task ?? null
}

export function orNotFound<Row>(row: Row | null): Row {
  if (row === null) throw new ApiError('task_not_found')
  return row
}

type IfVersion = WriteInput['if_version']

/** The versions at which a write may happen; undefined for any. */
export function wantedVersions(if_version: IfVersion): number[] | undefined {
  if (if_version === undefined) return undefined
  const versions = typeof if_version === 'number' ? [if_version] : if_version
  // Beyond the column's range nothing can match, and PostgreSQL would refuse the number.
  return versions.filter((version) => version > 0 && version <= INT32_MAX)
}

/** Throws `version_mismatch` with the current task unless that has one of the wanted versions. */
export function assertVersion(current: Task, if_version: IfVersion): void {
  if (!hasVersion(current, if_version)) throw new ApiError('version_mismatch', { current })
}

export function hasVersion({ version }: Task, if_version: IfVersion): boolean {
  return wantedVersions(if_version)?.includes(version) ?? true
}

/** The response of a write: the task after the change or, if the write deleted it, before. */
export function answered({ before, after }: Change): Task {
  const task = orNotFound(after ?? before)
  return completedTask.parse({ position: positionOf(task.id), ...task })
}

/** The same as the text of the first answer. */
export function answeredAsText(change: Change): JsonAnswer {
  const task = answered(change)
  return { json: JSON.stringify(task), version: task.version }
}

/** The task that a statement wrote, as text; null where no row matched. */
export async function rowOf(ctx: UserContext, statement: Statement): Promise<JsonAnswer | null> {
  const [row] = await ctx.services.sql<JsonAnswer>(statement)
  return row ?? null
}

/** The task that a write answers, for callers that look into it. Its text is that of `taskOutput`. */
export function taskOf({ json }: JsonAnswer): Task {
  const task: Task = JSON.parse(json)
  return task
}
