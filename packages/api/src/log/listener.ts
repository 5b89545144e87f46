import type { Db } from '@taskwire/db'
import { ApiError } from '../errors/api_error.ts'
import { changesAfter } from './log.ts'
import type { Change } from './schema.ts'

const QUEUE_LENGTH = 256
const BATCH = 200

/** A listener that overflows its queue reads the log instead, so memory stays bounded and no change is lost. */
export interface Listener {
  queue: Change[]
  /** How far the log is known to go. */
  known: number
  /** The log ends before what was read of it: its user was deleted, or an older copy of the database was restored. */
  expired: boolean
  notify: () => void
}

export function newListener(): Listener {
  return { queue: [], known: 0, expired: false, notify: () => {} }
}

/** Queues the next rows of the log for a listener. */
export function enqueue(listener: Listener, rows: readonly Change[]): void {
  if (listener.queue.length + rows.length > QUEUE_LENGTH) listener.queue = []
  else listener.queue.push(...rows)
  listener.known = rows.at(-1)?.seq ?? listener.known
  listener.notify()
}

/** Ends a listener whose position the log no longer reaches. */
export function expire(listener: Listener): void {
  listener.expired = true
  listener.notify()
}

/** A position in a user's log: the last seq that was read. */
export interface LogPosition {
  readonly user_id: string
  readonly seq: number
}

/** The changes after a position, each once, in order, without a gap: from the queue, or else from the log. */
export async function* changesFrom(db: Db, listener: Listener, { user_id, seq }: LogPosition, ended: AbortSignal) {
  while (!ended.aborted) {
    if (listener.expired) throw new ApiError('changes_expired')
    const next = listener.queue[0]
    if (next !== undefined && next.seq <= seq + 1) {
      listener.queue.shift()
      if (next.seq <= seq) continue
      seq = next.seq
      yield next
    } else if (next !== undefined || listener.known > seq) {
      const rows = await changesAfter(db, user_id, seq, BATCH)
      // The log is known to go on here: a listener so slow that the next change was purged meanwhile must start over.
      if (rows[0]?.seq !== seq + 1) throw new ApiError('changes_expired')
      for (const row of rows) {
        if (ended.aborted) return
        seq = row.seq
        yield row
      }
    } else {
      await new Promise<void>((resolve) => (listener.notify = resolve))
    }
  }
}
