import { Prisma, type Statement } from '@taskwire/db'

/** The seqs of a user's last and oldest kept change, `last` and `oldest`, in one snapshot. */
export const logBoundsText = `
  SELECT coalesce(max(seq), 0) AS last,
    coalesce((SELECT min(seq) FROM taskwire.change WHERE user_id = $1), coalesce(max(seq), 0) + 1) AS oldest
  FROM taskwire.change_counter WHERE user_id = $1`

/** A position in the log, and how much to read from there. */
export interface ChangesQuery {
  readonly since: number
  readonly conversation_id: number | undefined
  readonly limit: number
}

/**
 * A page of a user's log as one row `{last, oldest, changes}`. It is one statement because between two a purge could
 * remove changes unnoticed, or a write could move `last` ahead of the changes that were read.
 */
export function changesPageOf(user_id: string, { since, conversation_id, limit }: ChangesQuery): Statement {
  const filter = conversation_id === undefined ? '' : 'AND conversation_id = $4'
  return {
    name: conversation_id === undefined ? 'changes_page' : 'changes_page_of_conversation',
    text: `
      SELECT bounds.*, (SELECT coalesce(json_agg(page ORDER BY seq), '[]') FROM (
        SELECT seq, task_id, kind, before, after, shape, via, actor, conversation_id, undoes, part_of, batch, created_at
        FROM taskwire.change WHERE user_id = $1 AND seq > $2 ${filter} ORDER BY seq LIMIT $3) page) AS changes
      FROM (${logBoundsText}) bounds`,
    values: [user_id, since, limit, ...(conversation_id === undefined ? [] : [conversation_id])],
  }
}

/** The changes made over one transport, or those of one conversation. */
export type OwnChanges = { readonly via: string } | { readonly conversation_id: number }

/**
 * The `seq` of the latest of a user's changes that is no undo and still stands: an undo of it does not stand, and an
 * undo stands unless it was undone itself.
 */
export function latestStanding(user_id: string, own: OwnChanges) {
  const mine = 'via' in own ? Prisma.sql`via = ${own.via}` : Prisma.sql`conversation_id = ${own.conversation_id}::int`
  return Prisma.sql`
    SELECT seq FROM taskwire.change AS done
    WHERE user_id = ${user_id} AND ${mine} AND undoes IS NULL AND NOT EXISTS (
      SELECT FROM taskwire.change AS undo WHERE undo.user_id = ${user_id} AND undo.undoes = done.seq AND NOT EXISTS (
        SELECT FROM taskwire.change AS redo WHERE redo.user_id = ${user_id} AND redo.undoes = undo.seq))
    ORDER BY seq DESC LIMIT 1`
}
