import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { readChanges } from './log.ts'
import type { Change } from './schema.ts'
import { changesOfOneBatch } from './sql.ts'

/** The most changes that one undo takes back, unless they were made together. */
const MAX_CHANGES = 200

/** The user's changes from `seq` to `through`. */
export async function rangeOf(ctx: UserContext, seq: number, through: number): Promise<Change[]> {
  const { user_id, services } = ctx
  if (through !== 0 && through < seq) refuse('Must not be before seq')
  const count = through - seq + 1
  if (count > MAX_CHANGES && (await services.sql(changesOfOneBatch(user_id, seq, through))).length === 0) {
    const last = await services.db.change.findFirst({ where: { user_id, seq: through }, select: { seq: true } })
    if (last === null) throw new ApiError('change_not_found')
    refuse(`Must be at most ${MAX_CHANGES} changes, or those of one batch or import`)
  }
  const changes = await readChanges(services.db, {
    where: { user_id, seq: { gte: seq, lte: through } },
    orderBy: { seq: 'asc' },
  })
  if (through === 0 || changes.length < count) throw new ApiError('change_not_found')
  return changes
}

function refuse(msg: string): never {
  throw new ApiError('validation_failed', { fields: [{ type: 'custom', loc: ['through'], msg }] })
}
