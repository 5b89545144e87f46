import type { Db } from '@taskwire/db'

/** How long a change, its key, and a task in the trash are kept. */
const KEPT_DAYS = 30

export interface Purged {
  readonly changes: number
  readonly tasks: number
}

/**
 * Removes changes and trash that are older than 30 days, in small statements, so that no writer waits long. At any
 * moment what is left of a user's log has no gap. Any replica may call it at any time: one of them works, the others
 * have nothing to do. `signal` ends it after the statement that is running.
 */
export async function purge({ db }: { readonly db: Db }, signal?: AbortSignal): Promise<Purged> {
  const repeated = async (step: (db: Db) => Promise<number>) => {
    let total = 0
    for (let removed = 1; removed > 0 && signal?.aborted !== true; total += removed) removed = await step(db)
    return total
  }
  return { changes: await repeated(purgeChanges), tasks: await repeated(purgeTrash) }
}

/** Any number that nobody else locks. */
const PURGE_LOCK = 7_381_225
const USERS = 50
const CHANGES_PER_USER = 1000

/**
 * The oldest changes of users whose log begins with an old one, up to the first that is to be kept: where a clock was
 * set back, an old change may follow a younger one. Two replicas would lock rows in different orders, so a second one
 * leaves it to the first.
 */
function purgeChanges(db: Db): Promise<number> {
  return db.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ ours: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${PURGE_LOCK}) AS ours`
    if (lock?.ours !== true) return 0
    return transaction.$executeRaw`
      WITH cutoff AS (SELECT now() - make_interval(days => ${KEPT_DAYS}) AS at),
      owner AS MATERIALIZED (
        SELECT user_id FROM taskwire.change AS first
        WHERE created_at < (SELECT at FROM cutoff)
          AND seq = (SELECT min(seq) FROM taskwire.change WHERE user_id = first.user_id)
        LIMIT ${USERS}
      ), oldest AS (
        SELECT owner.user_id, head.seq, bool_and(head.created_at < at) OVER (PARTITION BY owner.user_id ORDER BY head.seq) AS old
        FROM cutoff, owner, LATERAL (
          SELECT seq, created_at FROM taskwire.change WHERE user_id = owner.user_id ORDER BY seq LIMIT ${CHANGES_PER_USER}
        ) head
      )
      DELETE FROM taskwire.change USING oldest
      WHERE oldest.old AND change.user_id = oldest.user_id AND change.seq = oldest.seq`
  })
}

const TASKS = 1000

/** Tasks in the trash; one that is being restored right now is left alone. Removing them is no change. */
function purgeTrash(db: Db): Promise<number> {
  return db.$executeRaw`
    DELETE FROM taskwire.task WHERE (user_id, id) IN (
      SELECT user_id, id FROM taskwire.task
      WHERE deleted_at < now() - make_interval(days => ${KEPT_DAYS}) LIMIT ${TASKS} FOR UPDATE SKIP LOCKED)`
}
