import { Prisma } from '@taskwire/db'
import type { z } from 'zod'
import { isNothingMatched } from '../errors/database_error.ts'
import { ApiError } from '../errors/api_error.ts'
import type { Task } from '../task/schema.ts'
import { assertVersion, liveTask, wantedVersions } from '../task/write.ts'
import type { UserContext } from '../core/trpc.ts'
import { readChanges } from './log.ts'
import type { Change, undoInput } from './schema.ts'
import { latestStanding, type OwnChanges } from './sql.ts'
import { idempotentWrite, type ChangeMetadata } from './write.ts'

type UndoInput = z.infer<typeof undoInput>

/**
 * Takes a change back by a new one that puts `before` again. Refused with `undo_conflict` unless title, description,
 * completed and existence are what the change left. Returns the new change. An agent may leave `seq` out: see
 * `latestOwnSeq`.
 */
export function undoChange(ctx: UserContext, operation: string, input: UndoInput): Promise<Change> {
  let tried: Change | null = null
  const wanted = async () => {
    const seq = input.seq ?? (await latestOwnSeq(ctx))
    return seq === null ? null : changeAt(ctx, seq)
  }
  return idempotentWrite<Change>(ctx, {
    operation,
    input,
    attempt: async (stamp) => {
      tried = await wanted()
      return tried === null ? null : putBack(ctx, tried, input, stamp)
    },
    repeat: (change) => change,
    explain: async () => {
      const change = foundChange(await wanted())
      // Without a seq: somebody took back meanwhile what was the latest, and another one is now.
      if (change.seq !== tried?.seq) return
      const current = await liveTask(ctx, change.task_id)
      if (current !== null) assertVersion(current, input.if_version)
      throw new ApiError('undo_conflict')
    },
  })
}

async function putBack(
  ctx: UserContext,
  change: Change,
  input: UndoInput,
  stamp: ChangeMetadata,
): Promise<Change | null> {
  try {
    const { version } = await ctx.services.db.task.update({
      where: {
        user_id_id: { user_id: ctx.user_id, id: change.task_id },
        ...inState(change.after),
        version: { in: wantedVersions(input.if_version) },
      },
      data: { ...toState(change.before), ...stamp, changed_undoes: change.seq, version: { increment: 1 } },
      select: { version: true },
    })
    return await madeBy(ctx, change, version)
  } catch (error) {
    if (isNothingMatched(error)) return null
    throw error
  }
}

/** Matches a task that is as `task` says, or in the trash where that is null. */
function inState(task: Task | null) {
  return task === null ? { deleted_at: { not: null } } : toState(task)
}

/** The fields that undoing is about, or the move into the trash where the task did not exist. */
function toState(task: Task | null) {
  if (task === null) return { deleted_at: new Date() }
  const { title, description, completed } = task
  return { title, description, completed, deleted_at: null }
}

/**
 * What an agent means by "undo": over MCP the user's latest change through that door, in chat the latest of this
 * conversation, that is neither an undo nor undone. Null if there is none. Every other caller has to name a change.
 */
async function latestOwnSeq(ctx: UserContext): Promise<number | null> {
  const [latest] = await ctx.services.db.$queryRaw<{ seq: number }[]>(latestStanding(ctx.user_id, ownChanges(ctx)))
  return latest?.seq ?? null
}

function ownChanges({ via, conversation_id }: UserContext): OwnChanges {
  if (via === 'mcp') return { via }
  if (via === 'chat' && conversation_id !== undefined) return { conversation_id }
  const msg = 'Name the change to take back'
  throw new ApiError('validation_failed', { fields: [{ type: 'missing', loc: ['seq'], msg }] })
}

async function changeAt(ctx: UserContext, seq: number): Promise<Change | null> {
  const [change] = await readChanges(ctx.services.db, { where: { user_id: ctx.user_id, seq } })
  return change ?? null
}

function foundChange(change: Change | null): Change {
  if (change === null) throw new ApiError('change_not_found')
  return change
}

/** The undo that brought the task to `version`: the same change may have been undone more than once. */
async function madeBy(ctx: UserContext, undone: Change, version: number): Promise<Change> {
  const left = { after: { path: ['version'], equals: version } }
  const deleted = { after: { equals: Prisma.DbNull }, before: { path: ['version'], equals: version - 1 } }
  const [made] = await readChanges(ctx.services.db, {
    where: { user_id: ctx.user_id, undoes: undone.seq, OR: [left, deleted] },
  })
  return foundChange(made ?? null)
}
