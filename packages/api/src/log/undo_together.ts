import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { isSeriesViolation } from '../errors/database_error.ts'
import { taskPairUndo, tasksUndo, taskUndo } from '../task/undo_sql.ts'
import { readChanges } from './log.ts'
import { loggedChange, type Change, type undoneOutput } from './schema.ts'
import { changesFrom } from './sql.ts'
import { AlreadyExecuted, keepOutcome, writeTogether, type ContextOf } from './transaction.ts'
import { changeMetadata, firstEntry, type Write } from './write.ts'

export type Undone = z.infer<typeof undoneOutput>
const kept = z.object({ last_seq: z.int() })
type Request = Pick<Write<Undone>, 'operation' | 'input'>

/**
 * Undoes changes in one transaction, the latest first, each with the one that belongs to it. Fails with `undo_conflict`,
 * and changes nothing, if one of the tasks is not what the changes left. `find` reads the changes, unless the request was
 * executed before.
 */
export async function undoTogether(
  ctx: UserContext,
  request: Request,
  find: () => Promise<readonly Change[]>,
): Promise<Undone> {
  const metadata = changeMetadata(ctx, request)
  const repeated = async () => {
    const first = await firstEntry(ctx, metadata)
    return first === null ? null : keptAnswer(ctx, first.batch ?? first.seq, kept.parse(first.outcome).last_seq)
  }
  const known = await repeated()
  if (known !== null) return known
  const changes = await find()
  const all = [...changes, ...(await partnersOf(ctx, changes))].toSorted((a, b) => b.seq - a.seq)
  const tasks = all.map(({ task_id }) => task_id)
  try {
    return await writeTogether(ctx, { tasks, metadata }, (contextOf, seq) => undone(request, all, { contextOf, seq }))
  } catch (error) {
    const answer = error instanceof AlreadyExecuted ? await repeated() : null
    if (answer !== null) return answer
    throw isSeriesViolation(error) ? new ApiError('undo_conflict', {}, error) : error
  }
}

interface Writing {
  readonly contextOf: ContextOf
  readonly seq: number
}

async function undone(request: Request, latestFirst: readonly Change[], writing: Writing): Promise<Undone> {
  const { contextOf, seq: first_seq } = writing
  if (!(await undoneAtOnce(contextOf(true), request, latestFirst))) await undoEach(contextOf, request, latestFirst)
  const ctx = contextOf(false)
  const rows = await ctx.services.sql(changesFrom(ctx.user_id, first_seq))
  const changes = rows.map((row) => loggedChange.parse(row))
  const last_seq = changes.at(-1)?.seq ?? first_seq
  await keepOutcome(contextOf(true), { last_seq })
  return { changes, first_seq, last_seq }
}

/**
 * Undoes many creations, or many deletions, by one statement, as an import and its undo make them. False where these are
 * other changes, or one of the tasks has changed since: it may nevertheless be what the change left.
 */
async function undoneAtOnce(ctx: UserContext, request: Request, changes: readonly Change[]): Promise<boolean> {
  const kind = changes[0]?.kind
  const isSimple = changes.every((change) => change.kind === kind && change.part_of === null)
  if (!isSimple || (kind !== 'created' && kind !== 'deleted') || changes.length < AT_ONCE) return false
  const rows = await ctx.services.sql(tasksUndo(ctx.user_id, { changes, kind }, changeMetadata(ctx, request)))
  return rows.length > 0
}

/** Fewer changes are undone one by one. */
const AT_ONCE = 20

async function undoEach(contextOf: ContextOf, request: Request, latestFirst: readonly Change[]): Promise<void> {
  const bySeq = new Map(latestFirst.map((change) => [change.seq, change]))
  let later: Change | undefined
  let isFirst = true
  for (const change of latestFirst) {
    if (later?.part_of === change.seq) {
      // It was undone together with the one before.
      later = undefined
      continue
    }
    const partner = change.part_of === null ? undefined : bySeq.get(change.part_of)
    await undoOne(contextOf(isFirst), request, { change, partner })
    isFirst = false
    later = change
  }
}

interface Step {
  readonly change: Change
  readonly partner: Change | undefined
}

async function undoOne(ctx: UserContext, request: Request, { change, partner }: Step): Promise<void> {
  const undo = { user_id: ctx.user_id, change, versions: undefined }
  const metadata = changeMetadata(ctx, request)
  const statement = partner === undefined ? taskUndo(undo, metadata) : taskPairUndo(undo, partner, metadata)
  const [row] = await ctx.services.sql(statement)
  if (row === undefined) throw new ApiError('undo_conflict')
}

/** The changes that belong to some of these and are not among them: they are neighbours. */
async function partnersOf(ctx: UserContext, changes: readonly Change[]): Promise<Change[]> {
  const given = new Set(changes.map(({ seq }) => seq))
  const neighbours = changes.flatMap(({ seq, part_of }) => [seq + 1, part_of ?? seq]).filter((seq) => !given.has(seq))
  if (neighbours.length === 0) return []
  const read = await readChanges(ctx.services.db, { where: { user_id: ctx.user_id, seq: { in: neighbours } } })
  const wanted = new Set(changes.map(({ part_of }) => part_of))
  return read.filter(({ seq, part_of }) => wanted.has(seq) || (part_of !== null && given.has(part_of)))
}

async function keptAnswer(ctx: UserContext, first_seq: number, last_seq: number): Promise<Undone> {
  const where = { user_id: ctx.user_id, seq: { gte: first_seq, lte: last_seq } }
  return { changes: await readChanges(ctx.services.db, { where, orderBy: { seq: 'asc' } }), first_seq, last_seq }
}
