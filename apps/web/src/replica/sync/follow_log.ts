import { isTaskwireError } from '@taskwire/client'
import type { Change, Client } from '../../client.ts'
import type { Persister } from '../store/persister.ts'
import type { Rows } from '../store/rows.ts'
import type { LocalDatabase } from '../store/local_database.ts'

export interface FollowLogOptions {
  readonly client: Client
  readonly rows: Rows
  readonly saved: LocalDatabase
  readonly persister: Persister
  readonly signal: AbortSignal
  /** How far the rows have been brought already. */
  readonly since: number | undefined
  /** How far they are now. */
  readonly onPlace: (seq: number) => void
  /** The tasks are there: those kept in this browser, or all of the server's. */
  readonly onReady: () => void
  /** Some more of the list has arrived. */
  readonly onProgress: () => void
  readonly onChange: (change: Change) => void
  readonly onConnection: (connected: boolean) => void
}

const PAGE = 200

/**
 * Brings the rows to what the server has and keeps them there until `signal` aborts. Rejects when the tasks cannot be
 * had at all; call it again then.
 */
export async function follow(options: FollowLogOptions): Promise<void> {
  const { client, rows, persister, signal, onChange, onConnection } = options
  let seq = options.since ?? (await keptSeq(options))
  for (;;) {
    seq ??= await wholeList(options)
    options.onPlace(seq)
    persister.reached(seq)
    try {
      for await (const change of client.changes({ since: seq, signal, onConnection })) {
        rows.apply(change)
        persister.reached(change.seq)
        options.onPlace(change.seq)
        onChange(change)
      }
      return
    } catch (error) {
      if (!isTaskwireError(error) || error.reason !== 'changes_expired') throw error
      // Away for longer than the log is kept: from the beginning again.
      seq = undefined
    }
  }
}

async function keptSeq({ rows, saved, onReady }: FollowLogOptions): Promise<number | undefined> {
  const kept = await saved.tasks().catch(() => null)
  if (kept === null) return undefined
  for (const task of kept.tasks) rows.confirm(task, 'kept')
  onReady()
  return kept.seq
}

/** Reads the place in the log first, then the list: what changes while it is read comes again as changes. */
async function wholeList({ client, rows, persister, signal, onReady, onProgress }: FollowLogOptions): Promise<number> {
  const { next } = await client.change.list.query({}, { signal })
  const ids = new Set<number>()
  let cursor: string | undefined
  do {
    const page = await client.task.list.query({ limit: PAGE, cursor }, { signal })
    for (const task of page.items) {
      ids.add(task.id)
      rows.confirm(task)
    }
    onProgress()
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  rows.keepOnly(ids)
  await persister.replaced(next)
  onReady()
  return next
}
