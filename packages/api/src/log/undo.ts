import { Prisma } from '@taskwire/db'
import type { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { isSeriesViolation } from '../errors/database_error.ts'
import { assertVersion, liveTask, wantedVersions } from '../task/write.ts'
import { taskPairUndo, taskUndo } from '../task/undo_sql.ts'
import { readChanges } from './log.ts'
import type { Change, undoInput } from './schema.ts'
import { latestTogether, type OwnChanges } from './sql.ts'
import { rangeOf } from './undo_range.ts'
import { undoTogether, type Undone } from './undo_together.ts'
import { changeMetadata, firstEntry, idempotentWrite, type ChangeMetadata } from './write.ts'

type UndoInput = z.infer<typeof undoInput>

/**
 * Undoes a change by a new one that restores `before`, and with it the change that belongs to it. Fails with
 * `undo_conflict` unless existence, and every field that callers set and the entry knows, are what the changes left.
 * Fields that were added since stay as they are. Returns the new change of the named one. An agent may leave `seq` out:
 * see `latestOwnSeq`.
 */
export async function undoChange(ctx: UserContext, operation: string, input: UndoInput): Promise<Change | Undone> {
  const { seq, through, if_version } = input
  if (through === undefined)
    return seq === undefined ? undoLatest(ctx, operation, input) : undoOne(ctx, operation, input)
  if (seq === undefined || if_version !== undefined) {
    const loc = seq === undefined ? ['seq'] : ['if_version']
    const msg = seq === undefined ? 'Name the first change to undo' : 'Cannot be combined with through'
    throw new ApiError('validation_failed', { fields: [{ type: 'custom', loc, msg }] })
  }
  return undoTogether(ctx, { operation, input }, () => rangeOf(ctx, seq, through))
}

function undoOne(ctx: UserContext, operation: string, input: UndoInput): Promise<Change> {
  let tried: Change | null = null
  const wanted = async () => {
    const seq = input.seq ?? (await latestOwnSeq(ctx))
    return seq === null ? null : changeAt(ctx, seq)
  }
  return idempotentWrite<Change>(ctx, {
    operation,
    input,
    execute: async (metadata) => {
      tried = await wanted()
      return tried === null ? null : undone(ctx, tried, input, metadata)
    },
    replay: (change) => change,
    diagnose: async () => {
      const change = orChangeNotFound(await wanted())
      // Without a seq: another caller has undone the latest change meanwhile, so there is a new latest one.
      if (change.seq !== tried?.seq) return
      const current = await liveTask(ctx, change.task_id)
      if (current !== null) assertVersion(current, input.if_version)
      throw new ApiError('undo_conflict')
    },
  })
}

/** The change that undoing made; null where a task is not what the changes left. */
async function undone(
  ctx: UserContext,
  change: Change,
  { if_version }: UndoInput,
  metadata: ChangeMetadata,
): Promise<Change | null> {
  const undo = { user_id: ctx.user_id, change, versions: wantedVersions(if_version) }
  const partner = await partnerOf(ctx, change)
  const statement = partner === undefined ? taskUndo(undo, metadata) : taskPairUndo(undo, partner, metadata)
  try {
    const [row] = await ctx.services.sql<{ version: number }>(statement)
    return row === undefined ? null : await madeBy(ctx, change, row.version)
  } catch (error) {
    // Its series has another open task now.
    if (isSeriesViolation(error)) return null
    throw error
  }
}

/** The change that belongs to a change, as the creation of the next task does to a completion: they are neighbours. */
async function partnerOf(ctx: UserContext, { seq, part_of }: Change): Promise<Change | undefined> {
  const where = part_of === null ? { seq: seq + 1, part_of: seq } : { seq: part_of }
  const [partner] = await readChanges(ctx.services.db, { where: { user_id: ctx.user_id, ...where } })
  return partner
}

/**
 * What an agent means by "undo": over MCP the latest change by MCP of this author, in chat the latest of this conversation,
 * that had an effect and is neither an undo nor undone. Null if there is none. Every other caller has to name a change.
 */
async function latestOwnSeq(ctx: UserContext): Promise<number | null> {
  return (await latestSeqs(ctx)).at(-1) ?? null
}

async function latestSeqs(ctx: UserContext): Promise<number[]> {
  const rows = await ctx.services.db.$queryRaw<{ seq: number }[]>(latestTogether(ctx.user_id, ownChanges(ctx)))
  return rows.map(({ seq }) => seq)
}

/** Undoes what one call or message did together: one change by itself, several in one transaction. */
async function undoLatest(ctx: UserContext, operation: string, input: UndoInput): Promise<Change | Undone> {
  const request = { operation, input }
  const first = await firstEntry(ctx, changeMetadata(ctx, request))
  const seqs = first === null ? await latestSeqs(ctx) : []
  const wereTogether = first !== null && first.batch !== null
  if (input.if_version !== undefined || (seqs.length < 2 && !wereTogether)) return undoOne(ctx, operation, input)
  const { user_id, services } = ctx
  return undoTogether(ctx, request, () =>
    readChanges(services.db, { where: { user_id, seq: { in: seqs } }, orderBy: { seq: 'asc' } }),
  )
}

function ownChanges({ via, conversation_id, principal }: UserContext): OwnChanges {
  if (via === 'mcp') return { via, actor: principal.actor }
  if (via === 'chat' && conversation_id !== undefined) return { conversation_id }
  const msg = 'Name the change to undo'
  throw new ApiError('validation_failed', { fields: [{ type: 'missing', loc: ['seq'], msg }] })
}

async function changeAt(ctx: UserContext, seq: number): Promise<Change | null> {
  const [change] = await readChanges(ctx.services.db, { where: { user_id: ctx.user_id, seq } })
  return change ?? null
}

function orChangeNotFound(change: Change | null): Change {
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
  return orChangeNotFound(made ?? null)
}
