import type { Db } from '@taskwire/db'

export interface PurgeOptions {
  /** How long a change, its key, and a task in the trash are kept. */
  readonly keptDays?: number
  /** Ends the purge after the running statement. */
  readonly signal?: AbortSignal
}

export interface Purged {
  readonly changes: number
  readonly tasks: number
}

/**
 * Removes changes and trash that are older than `keptDays`, in small statements, so that no writer waits long. What is left
 * of a user's log never has a gap. Any replica may call it at any time: only one of them works at once, the others
 * return.
 */
export async function purge(
  { db }: { readonly db: Db },
  { keptDays = 30, signal }: PurgeOptions = {},
): Promise<Purged> {
  const stopped = () => signal?.aborted === true
  const purged = { changes: 0, tasks: 0 }
  for (let after: string | null = ''; after !== null && !stopped();) {
    const { removed, last } = await purgeChanges(db, { after, keptDays })
    purged.changes += removed
    // Visits the same users again until nothing more of theirs is removed.
    if (removed === 0) after = last
  }
  for (let removed = 1; removed > 0 && !stopped(); purged.tasks += removed) removed = await purgeTrash(db, keptDays)
  return purged
}

/** Any number that no other advisory lock uses. */
const PURGE_LOCK = 7_381_225
/** Users to visit, those of them to purge, and changes to remove of each, per statement. */
const USERS = 500
const OWNERS = 50
const CHANGES_PER_USER = 1000

interface Step {
  readonly removed: number
  /** The last visited user; null if nothing is left to do. */
  readonly last: string | null
}

/**
 * Removes the oldest changes of the next users, up to the first one to keep: if a clock was set back, an old
 * change may follow a younger one. Users are visited one after the other by their first change, because a search for
 * old changes would read every one of them. When the creation of a task is purged and
 * its import was undone (as in `importedBefore`), its `imported_task` row goes too, because the log can then no longer show
 * that the import was undone. Two replicas would lock rows in different orders, so only one works at once.
 */
function purgeChanges(db: Db, { after, keptDays }: { after: string; keptDays: number }): Promise<Step> {
  return db.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ ours: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${PURGE_LOCK}) AS ours`
    if (lock?.ours !== true) return { removed: 0, last: null }
    const [step] = await transaction.$queryRaw<Step[]>`
      WITH cutoff AS (SELECT now() - make_interval(days => ${keptDays}) AS at),
      visited AS MATERIALIZED (
        SELECT user_id FROM taskwire.change_counter WHERE user_id > ${after} ORDER BY user_id LIMIT ${USERS}
      ), owner AS MATERIALIZED (
        SELECT user_id FROM cutoff, visited, LATERAL (
          SELECT created_at FROM taskwire.change WHERE user_id = visited.user_id ORDER BY seq LIMIT 1
        ) first
        WHERE first.created_at < at LIMIT ${OWNERS}
      ), importer AS MATERIALIZED (
        SELECT user_id FROM owner WHERE EXISTS (SELECT FROM taskwire.imported_task WHERE user_id = owner.user_id)
      ), oldest AS (
        SELECT owner.user_id, head.seq, bool_and(head.created_at < at) OVER (PARTITION BY owner.user_id ORDER BY head.seq) AS old
        FROM cutoff, owner, LATERAL (
          SELECT seq, created_at FROM taskwire.change WHERE user_id = owner.user_id ORDER BY seq LIMIT ${CHANGES_PER_USER}
        ) head
      ), removed AS (
        DELETE FROM taskwire.change USING oldest
        WHERE oldest.old AND change.user_id = oldest.user_id AND change.seq = oldest.seq
        RETURNING change.user_id, change.seq, task_id, kind
      ), undone AS (
        SELECT user_id, array_agg(task_id) AS tasks FROM removed, LATERAL (
          SELECT kind, undoes FROM taskwire.change
          WHERE user_id = removed.user_id AND task_id = removed.task_id ORDER BY seq DESC LIMIT 1
        ) last
        WHERE removed.kind = 'created' AND last.kind = 'deleted' AND last.undoes = removed.seq
          AND user_id IN (SELECT user_id FROM importer)
        GROUP BY user_id
      ), forgotten AS (
        DELETE FROM taskwire.imported_task WHERE (user_id, fingerprint) IN (
          SELECT user_id, fingerprint FROM undone JOIN taskwire.imported_task USING (user_id)
          WHERE task_id = ANY(tasks) FOR UPDATE OF imported_task SKIP LOCKED)
      )
      SELECT (SELECT count(*)::int FROM removed) AS removed, (SELECT max(user_id) FROM visited) AS last`
    return step ?? { removed: 0, last: null }
  })
}

const TASKS = 1000

/** Removes tasks from the trash, except those that are being restored right now. This is not a change of the log. */
function purgeTrash(db: Db, keptDays: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM taskwire.task WHERE (user_id, id) IN (
      SELECT user_id, id FROM taskwire.task
      WHERE deleted_at < now() - make_interval(days => ${keptDays}) LIMIT ${TASKS} FOR UPDATE SKIP LOCKED)`
}
