import { INT32_MAX, type Statement } from '@taskwire/db'
import type { z } from 'zod'
import type { Change } from '../log/schema.ts'
import { idempotentWrite, type ChangeMetadata, type WriteInput } from '../log/write.ts'
import { ApiError } from '../errors/api_error.ts'
import type { UserContext } from '../core/trpc.ts'
import type { createInput, Task } from './schema.ts'
import { taskInsert, taskSelect, type LiveTask } from './sql.ts'

export async function newTask(ctx: UserContext, operation: string, input: z.infer<typeof createInput>): Promise<Task> {
  return idempotentWrite<Task>(ctx, {
    operation,
    input,
    attempt: (stamp) => rowOf(ctx, taskInsert(ctx.user_id, input, stamp)),
    repeat: taskLeft,
    explain: async () => {},
  })
}

/** Changes one live task once by one statement, or says why it cannot: 404, or 412 with the task as it is now. */
export async function writeTask(
  ctx: UserContext,
  operation: string,
  input: WriteInput & { readonly task_id: number },
  statement: (task: LiveTask, stamp: ChangeMetadata) => Statement,
): Promise<Task> {
  const task = { user_id: ctx.user_id, id: input.task_id, versions: wantedVersions(input.if_version) }
  return idempotentWrite<Task>(ctx, {
    operation,
    input,
    attempt: (stamp) => rowOf(ctx, statement(task, stamp)),
    repeat: taskLeft,
    explain: async () => assertVersion(found(await liveTask(ctx, input.task_id)), input.if_version),
  })
}

/** The task while it is not in the trash; null where there is none, or it is somebody else's. */
export function liveTask(ctx: UserContext, id: number): Promise<Task | null> {
  return rowOf(ctx, taskSelect(ctx.user_id, id))
}

export function found<Row>(row: Row | null): Row {
  if (row === null) throw new ApiError('task_not_found')
  return row
}

type IfVersion = WriteInput['if_version']

/** The versions that a write is meant for; undefined for any. */
export function wantedVersions(if_version: IfVersion): number[] | undefined {
  if (if_version === undefined) return undefined
  const versions = typeof if_version === 'number' ? [if_version] : if_version
  // Beyond the column's range nothing can match, and PostgreSQL would refuse the number.
  return versions.filter((version) => version > 0 && version <= INT32_MAX)
}

/** Refuses, with the task as it is, when it has none of the versions that the write is meant for. */
export function assertVersion(current: Task, if_version: IfVersion): void {
  const wanted = wantedVersions(if_version)
  if (wanted !== undefined && !wanted.includes(current.version)) throw new ApiError('version_mismatch', { current })
}

/** The task as a change left it or, where it deleted the task, as it was. */
function taskLeft({ before, after }: Change): Task {
  return found(after ?? before)
}

async function rowOf(ctx: UserContext, statement: Statement): Promise<Task | null> {
  const [row] = await ctx.services.sql<Task>(statement)
  return row ?? null
}
