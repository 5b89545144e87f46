import { Prisma } from '@taskwire/db'

/** The changes that came through one door, or those of one conversation. */
export type OwnChanges = { readonly via: string } | { readonly conversation_id: number }

/**
 * The `seq` of the latest of a user's changes that is no undo and still stands: no undo of it does, and an undo stands
 * unless it was undone itself.
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
