import type { Db, Prisma } from '@taskwire/db'
import { z } from 'zod'
import { pageOf, verifyCursor } from '../core/page.ts'
import { ApiError } from '../errors/api_error.ts'
import type { UserContext } from '../core/trpc.ts'
import { loggedChange, type Change, type changesInput, type historyInput } from './schema.ts'
import { changesPageOf, logBoundsText } from './sql.ts'

const DEFAULT_LIMIT = 100

/** The seqs of a user's last change, and of the oldest that is kept. */
export interface LogBounds {
  readonly last: number
  /** `last` + 1 where none is kept. */
  readonly oldest: number
}

export async function logBounds(db: Db, user_id: string): Promise<LogBounds> {
  const [bounds] = await db.$queryRawUnsafe<LogBounds[]>(logBoundsText, user_id)
  return bounds ?? { last: 0, oldest: 1 }
}

/**
 * Throws `changes_expired` for a position before the oldest kept change, or ahead of the log: later changes would have
 * a gap.
 */
export function assertKept(since: number, { last, oldest }: LogBounds): void {
  if (since > last || since < oldest - 1) throw new ApiError('changes_expired')
}

/** Changes as every transport shows them. The log stores tasks as JSON, so its rows are parsed where they are read. */
export async function readChanges(db: Db, query: Pick<Prisma.ChangeFindManyArgs, 'where' | 'orderBy' | 'take'>) {
  return logged.parse(
    await db.change.findMany({ ...query, omit: { user_id: true, key: true, request: true, outcome: true } }),
  )
}
const logged = z.array(loggedChange)

/** The user's changes after `since`, oldest first, at most `limit`. */
export function changesAfter(db: Db, user_id: string, since: number, limit: number): Promise<Change[]> {
  return readChanges(db, { where: { user_id, seq: { gt: since } }, orderBy: { seq: 'asc' }, take: limit })
}

/** The changes after a seq; without one no changes, but the seq at which the log ends now. */
export async function changesPage(ctx: UserContext, input: z.infer<typeof changesInput>) {
  const { since, conversation_id, limit = DEFAULT_LIMIT } = input
  const { db, sql } = ctx.services
  if (since === undefined) return { changes: [], next: (await logBounds(db, ctx.user_id)).last, has_more: false }
  const [page] = await sql<LogBounds & { changes: unknown }>(
    changesPageOf(ctx.user_id, { since, conversation_id, limit: limit + 1 }),
  )
  const { last, oldest } = page ?? { last: 0, oldest: 1 }
  assertKept(since, { last, oldest })
  const read = logged.parse(page?.changes ?? [])
  const changes = read.slice(0, limit)
  const has_more = read.length > limit
  return { changes, next: has_more ? (changes.at(-1)?.seq ?? since) : last, has_more }
}

/** A task's changes, newest first. Deleted tasks have a history too, as long as one change of theirs is kept. */
export async function historyPage(ctx: UserContext, { task_id, limit = 50, cursor }: z.infer<typeof historyInput>) {
  const query = JSON.stringify(['task.history', ctx.user_id, task_id])
  const [before] = verifyCursor(ctx, query, cursor) ?? []
  const rows = await readChanges(ctx.services.db, {
    where: { user_id: ctx.user_id, task_id, seq: typeof before === 'number' ? { lt: before } : undefined },
    orderBy: { seq: 'desc' },
    take: limit + 1,
  })
  if (rows.length === 0 && cursor === undefined) throw new ApiError('task_not_found')
  return pageOf(rows, limit, (last) => ctx.services.cursors.sign(query, [last.seq]))
}
