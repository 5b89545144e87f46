import { INT32_MAX, type Sql } from '@taskwire/db'
import type { UserContext } from '../core/trpc.ts'
import { isLostRace } from '../errors/database_error.ts'
import type { ChangeMetadata } from './write.ts'

/** What several writes of one user are made with, as one transaction. */
export interface Together {
  /** The tasks that the writes name. Their rows are locked before any change. */
  readonly tasks: readonly number[]
  /** The idempotency key of the whole and the hash of its request. */
  readonly metadata: Pick<ChangeMetadata, 'changed_key' | 'changed_request'>
}

/** The context of one write in a transaction: the first one that changes something has the key. */
export type ContextOf = (isFirst: boolean) => UserContext

/** Another request with the same key was executed meanwhile. */
export class AlreadyExecuted extends Error {}

const MAX_ATTEMPTS = 5

/**
 * Executes several writes of one user: all changes take effect, or none does. `work` runs again if it loses a race with
 * other writes. Throws `AlreadyExecuted` if the key is in the log.
 */
export async function writeTogether<T>(
  ctx: UserContext,
  together: Together,
  work: (contextOf: ContextOf, seq: number) => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await ctx.services.transact((sql) => begun(ctx, { ...together, sql }, work))
    } catch (error) {
      if (attempts >= MAX_ATTEMPTS || !isLostRace(error)) throw error
    }
  }
}

/** Locks in the order in which every write does: tasks by their ids, then the counter of the user's changes. */
async function begun<T>(
  ctx: UserContext,
  { sql, tasks, metadata }: Together & { readonly sql: Sql },
  work: (contextOf: ContextOf, seq: number) => Promise<T>,
): Promise<T> {
  const { user_id, services } = ctx
  const ids = [...new Set(tasks)].filter((id) => id > 0 && id <= INT32_MAX)
  await sql({ text: lockTasks, values: [user_id, ids] })
  const [counter] = await sql<{ seq: number }>({ text: lockCounter, values: [user_id] })
  const seq = (counter?.seq ?? 0) + 1
  const { changed_key } = metadata
  if (changed_key !== null) {
    const known = await sql({ text: changeWithKey, values: [user_id, changed_key] })
    if (known.length > 0) throw new AlreadyExecuted()
  }
  const shared = { ...ctx, services: { ...services, sql } }
  const contextOf: ContextOf = (isFirst) => ({
    ...shared,
    batch: {
      seq,
      key: isFirst ? metadata.changed_key : null,
      request: isFirst ? metadata.changed_request : null,
    },
  })
  return work(contextOf, seq)
}

// Reopening a task may change the next one of its series.
const lockTasks = `
  SELECT id FROM taskwire.task WHERE user_id = $1 AND (id = ANY($2::int[]) OR id IN (
    SELECT next_task_id FROM taskwire.task WHERE user_id = $1 AND id = ANY($2::int[])))
  ORDER BY id FOR UPDATE`

/** Locks the log of a user, and returns the seq of its last change. */
export const lockCounter = `
  INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES ($1, 0)
  ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq RETURNING seq`

const changeWithKey = 'SELECT seq FROM taskwire.change WHERE user_id = $1 AND key = $2'

const storeOutcome = 'UPDATE taskwire.change SET outcome = $3 WHERE user_id = $1 AND key = $2'

/** What the log keeps with the first of several changes that have a key, so that a repeat gets the same answer. */
export interface Outcome {
  readonly last_seq: number
}

/** Keeps the outcome of what was executed in a transaction, if it has a key. `ctx` is that of its first write. */
export async function keepOutcome({ user_id, services, batch }: UserContext, outcome: Outcome): Promise<void> {
  if (typeof batch?.key !== 'string') return
  await services.sql({ text: storeOutcome, values: [user_id, batch.key, JSON.stringify(outcome)] })
}

const lastSeqText = 'SELECT max(seq) AS seq FROM taskwire.change WHERE user_id = $1'

/** The seq of the user's last change, in a transaction its own last one. */
export async function lastSeq({ user_id, services }: UserContext): Promise<number> {
  const [last] = await services.sql<{ seq: number | null }>({ text: lastSeqText, values: [user_id] })
  return last?.seq ?? 0
}
