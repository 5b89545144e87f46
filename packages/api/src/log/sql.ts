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

/** Changes as `loggedChange` parses them. */
const changeColumns = `seq, task_id, kind, before, after, shape, via, actor, conversation_id, undoes, part_of, batch, created_at`

/** The user's changes from a seq on, oldest first. */
export function changesFrom(user_id: string, seq: number): Statement {
  const text = `SELECT ${changeColumns} FROM taskwire.change WHERE user_id = $1 AND seq >= $2 ORDER BY seq`
  return { text, values: [user_id, seq] }
}

/** A row if all changes from one seq to another are of one batch. */
export function changesOfOneBatch(user_id: string, from: number, to: number): Statement {
  return {
    text: `SELECT 1 AS one FROM taskwire.change WHERE user_id = $1 AND seq BETWEEN $2 AND $3
      HAVING count(batch) = $3::bigint - $2 + 1 AND min(batch) = max(batch)`,
    values: [user_id, from, to],
  }
}

/** The changes that an author made over one transport, or those of one conversation. */
export type OwnChanges = { readonly via: string; readonly actor: string | null } | { readonly conversation_id: number }

/** What every change moves. */
const always = Prisma.sql`ARRAY['version', 'updated_at']`

/**
 * Whether a change is no undo, had an effect and still stands: an undo of it does not stand, and an undo stands unless it
 * was undone itself.
 */
const stands = Prisma.sql`done.undoes IS NULL
  AND (done.before - ${always} = done.after - ${always}) IS NOT TRUE
  AND NOT EXISTS (
    SELECT FROM taskwire.change AS undo WHERE undo.user_id = done.user_id AND undo.undoes = done.seq AND NOT EXISTS (
      SELECT FROM taskwire.change AS redo WHERE redo.user_id = done.user_id AND redo.undoes = undo.seq))`

/**
 * The seqs of the changes that a user's own latest one was made with, itself included, as far as they still stand: those
 * of one batch, a change and the one that is part of it, or all that one message of a conversation did.
 */
export function latestTogether(user_id: string, own: OwnChanges) {
  const mine =
    'via' in own
      ? Prisma.sql`done.via = ${own.via} AND done.actor IS NOT DISTINCT FROM ${own.actor}::text`
      : Prisma.sql`done.conversation_id = ${own.conversation_id}::int`
  const ofConversation =
    'via' in own
      ? Prisma.empty
      : Prisma.sql`said.user_id = ${user_id} AND said.conversation_id = ${own.conversation_id}::int AND said.role = 'user'`
  const ofOneCall = Prisma.sql`done.seq BETWEEN coalesce(latest.batch, latest.part_of, latest.seq) AND latest.seq
    AND (done.seq = latest.seq OR done.batch = latest.batch OR done.seq = latest.part_of)`
  // Where no message is stored the time of one is NULL, and what one call did remains.
  const together =
    'via' in own
      ? ofOneCall
      : Prisma.sql`done.seq <= latest.seq AND done.conversation_id = ${own.conversation_id}::int AND (${ofOneCall}
        OR done.created_at >= (
        SELECT max(said.created_at) FROM taskwire.message AS said
        WHERE ${ofConversation} AND (said.created_at < latest.created_at
          -- Within the same millisecond the newest message, which asks for the undo, came after the change.
          OR said.created_at = latest.created_at AND said.id < (
            SELECT max(said.id) FROM taskwire.message AS said WHERE ${ofConversation}))))`
  return Prisma.sql`
    WITH latest AS (
      SELECT seq, batch, part_of, created_at FROM taskwire.change AS done
      WHERE done.user_id = ${user_id} AND ${mine} AND ${stands} ORDER BY seq DESC LIMIT 1
    )
    SELECT done.seq FROM taskwire.change AS done, latest
    WHERE done.user_id = ${user_id} AND ${together} AND (done.seq = latest.seq OR ${stands}) ORDER BY seq`
}
