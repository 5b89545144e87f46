import type { z } from 'zod'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { idempotentWrite, type ChangeMetadata } from '../log/write.ts'
import { skippedTo, type Occurrence } from './occurrence.ts'
import type { Task, taskWriteInput } from './schema.ts'
import { nowOf } from './series.ts'
import type { TaskInSeries } from './series_sql.ts'
import { answeredAsText, assertVersion, hasVersion, orNotFound, rowOf } from './write.ts'
import { MAX_RACES, readTask } from './write_fields.ts'
import { taskUpdate } from './write_sql.ts'

type SkipInput = z.infer<typeof taskWriteInput>

/** Moves a recurring task to its next day, without completing it. Fails with `recurrence_ended` if there is none. */
export function skipTask(ctx: UserContext, operation: string, input: SkipInput): Promise<JsonAnswer> {
  return idempotentWrite<JsonAnswer>(ctx, {
    operation,
    input,
    execute: (metadata) => skipped(ctx, input, metadata),
    replay: answeredAsText,
    diagnose: async () => {
      const before = orNotFound(await readTask(ctx, input.task_id))
      assertVersion(before, input.if_version)
      const problem = skipProblem(before)
      if (problem !== undefined) {
        throw new ApiError('validation_failed', { fields: [{ type: 'custom', loc: ['task_id'], msg: problem }] })
      }
      if (nextOf(ctx, before) === null) throw new ApiError('recurrence_ended')
    },
  })
}

/** The task on its next day; null where there is no such task, or it cannot be skipped. */
async function skipped(ctx: UserContext, input: SkipInput, metadata: ChangeMetadata): Promise<JsonAnswer | null> {
  const { user_id } = ctx
  for (let races = 0; races <= MAX_RACES; races++) {
    const before = await readTask(ctx, input.task_id)
    if (before === null || !hasVersion(before, input.if_version) || skipProblem(before) !== undefined) return null
    const next = nextOf(ctx, before)
    if (next === null) return null
    const task = { user_id, id: before.id, versions: [before.version], judged_by: 'version' } as const
    const row = await rowOf(ctx, taskUpdate(task, next, metadata))
    if (row !== null) return row
  }
  return null
}

function skipProblem({ recurrence, completed }: Task): string | undefined {
  if (recurrence === null) return 'This task does not recur'
  return completed ? 'This task is completed' : undefined
}

function nextOf(ctx: UserContext, before: TaskInSeries): Occurrence | null {
  return skippedTo(before, { now: nowOf(ctx), time_zone: before.time_zone })
}
