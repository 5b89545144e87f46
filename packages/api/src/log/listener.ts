import type { Db } from '@taskwire/db'
import { ApiError } from '../errors/api_error.ts'
import { changesAfter } from './log.ts'
import type { Change } from './schema.ts'

const QUEUE_LENGTH = 256
const BATCH = 200

/** Who is behind the queue reads the log instead: memory per listener is bounded, and nothing is lost. */
export interface Listener {
  queue: Change[]
  /** How far the log is known to go. */
  known: number
  /** The log ends before what was read of it: its user was deleted, or an older copy of the database was restored. */
  lost: boolean
  notify: () => void
}

export function newListener(): Listener {
  return { queue: [], known: 0, lost: false, notify: () => {} }
}

/** Hands a listener the next rows of the log. */
export function deliver(listener: Listener, rows: readonly Change[]): void {
  if (listener.queue.length + rows.length > QUEUE_LENGTH) listener.queue = []
  else listener.queue.push(...rows)
  listener.known = rows.at(-1)?.seq ?? listener.known
  listener.notify()
}

export function lose(listener: Listener): void {
  listener.lost = true
  listener.notify()
}

/** A place in a user's log. */
export interface Place {
  readonly user_id: string
  readonly position: number
}

/** The changes after a place, each once, in order, without a gap: from the queue, or else from the log. */
export async function* changesFrom(db: Db, listener: Listener, { user_id, position }: Place, ended: AbortSignal) {
  while (!ended.aborted) {
    if (listener.lost) throw new ApiError('changes_expired')
    const next = listener.queue[0]
    if (next !== undefined && next.seq <= position + 1) {
      listener.queue.shift()
      if (next.seq <= position) continue
      position = next.seq
      yield next
    } else if (next !== undefined || listener.known > position) {
      const rows = await changesAfter(db, user_id, position, BATCH)
      // There was more than `position`: whoever reads so slowly that it was purged meanwhile begins anew.
      if (rows[0]?.seq !== position + 1) throw new ApiError('changes_expired')
      for (const row of rows) {
        if (ended.aborted) return
        position = row.seq
        yield row
      }
    } else {
      await new Promise<void>((resolve) => (listener.notify = resolve))
    }
  }
}
