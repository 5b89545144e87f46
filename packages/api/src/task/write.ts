import { Prisma } from '@taskwire/db'
import type { z } from 'zod'
import { isNothingMatched } from '../database_failure.ts'
import type { Change } from '../change/schema.ts'
import { writeOnce, type Stamp, type WriteInput } from '../change/write.ts'
import { Refusal } from '../reasons.ts'
import type { UserContext } from '../trpc.ts'
import { taskOutput, type createInput, type Task } from './schema.ts'
import type { LiveTask, TaskRow } from './sql.ts'

/** A row of the database, or the same task from the log; the output schema makes them equal. */
type Answer = TaskRow | Task

/** One way of changing a live task: one statement, null where no such task is live at a wanted version. */
type Attempt = (task: LiveTask, stamp: Stamp) => Promise<TaskRow | null>

const columns = {
  id: true,
  user_id: true,
  title: true,
  description: true,
  completed: true,
  created_at: true,
  updated_at: true,
  version: true,
} as const

export function createTask(ctx: UserContext, operation: string, input: z.infer<typeof createInput>): Promise<Answer> {
  const { title, description, completed } = input
  return writeOnce<Answer>(ctx, {
    operation,
    input,
    attempt: (stamp) =>
      ctx.services.db.task.create({
        data: { user_id: ctx.user_id, title, description, completed, ...stamp },
        select: columns,
      }),
    repeat: taskLeft,
    explain: async () => {},
  })
}

/** Changes one live task once, or says why it cannot: 404, or 412 with the task as it is now. */
export function writeTask(
  ctx: UserContext,
  operation: string,
  input: WriteInput & { readonly task_id: number },
  attempt: Attempt,
): Promise<Answer> {
  const id = input.task_id
  return writeOnce<Answer>(ctx, {
    operation,
    input,
    attempt: (stamp) => attempt({ user_id: ctx.user_id, id, version: wantedVersions(input.if_version) }, stamp),
    repeat: taskLeft,
    explain: async () => {
      assertVersion(found(await liveTask(ctx, id)), input.if_version)
    },
  })
}

/** Sets fields through Prisma. Undefined fields stay as they are. */
export function updated(ctx: UserContext, data: Prisma.TaskUpdateInput): Attempt {
  return async ({ user_id, id, version }, stamp) => {
    try {
      return await ctx.services.db.task.update({
        where: { user_id_id: { user_id, id }, deleted_at: null, version },
        // The trigger counts; an increment here makes Prisma write even where no field is sent.
        data: { ...data, ...stamp, version: { increment: 1 } },
        select: columns,
      })
    } catch (error) {
      if (isNothingMatched(error)) return null
      throw error
    }
  }
}

/** Runs a statement of `sql.ts`. */
export function rowOf(ctx: UserContext, statement: (task: LiveTask, stamp: Stamp) => Prisma.Sql): Attempt {
  return async (task, stamp) => {
    const [row] = await ctx.services.db.$queryRaw<TaskRow[]>(statement(task, stamp))
    return row ?? null
  }
}

/** The task while it is not in the trash; null where there is none, or it is somebody else's. */
export function liveTask(ctx: UserContext, id: number): Promise<TaskRow | null> {
  return ctx.services.db.task.findUnique({
    where: { user_id_id: { user_id: ctx.user_id, id }, deleted_at: null },
    select: columns,
  })
}

export function found<Row>(row: Row | null): Row {
  if (row === null) throw new Refusal('task_not_found')
  return row
}

/** The task as a change left it or, where it deleted the task, as it was. */
function taskLeft({ before, after }: Change): Answer {
  return found(after ?? before)
}

type IfVersion = WriteInput['if_version']

/** The versions that a write is meant for, as a condition; undefined for any. */
export function wantedVersions(if_version: IfVersion): { in: number[] } | undefined {
  if (if_version === undefined) return undefined
  const versions = typeof if_version === 'number' ? [if_version] : if_version
  // Beyond the column's range nothing can match, and PostgreSQL would refuse the number.
  return { in: versions.filter((version) => version > 0 && version <= 2_147_483_647) }
}

/** Refuses, with the task as it is, when it has none of the versions that the write is meant for. */
export function assertVersion(current: TaskRow, if_version: IfVersion): void {
  const wanted = wantedVersions(if_version)
  if (wanted === undefined || wanted.in.includes(current.version)) return
  throw new Refusal('version_mismatch', { current: taskOutput.parse(current) })
}
