import { isTaskwireError, limits, type FiredReminder, type Change, type TaskwireClient } from '@taskwire/client'
import type { LocalDatabase } from '../store/local_database.ts'
import type { Persister } from '../store/persister.ts'
import type { Rows } from '../store/rows.ts'

export interface FollowLogOptions {
  readonly client: TaskwireClient
  readonly rows: Rows
  readonly database: LocalDatabase
  readonly persister: Persister
  readonly signal: AbortSignal
  /** The seq up to which the rows reflect the log already. */
  readonly since: number | undefined
  /** The rows reflect the log up to `seq`. */
  readonly onPosition: (seq: number) => void
  /** The tasks are complete: those stored in this browser, or all of the server's. */
  readonly onReady: () => void
  /** Another page of the list has arrived. */
  readonly onProgress: () => void
  readonly onChange: (change: Change) => void
  readonly onReminder: (reminder: FiredReminder) => void
  readonly onConnection: (isConnected: boolean) => void
}

/**
 * Brings the rows to the server's state and keeps them there until `signal` aborts. Rejects if the tasks cannot be
 * loaded; call it again then.
 */
export async function followLog(options: FollowLogOptions): Promise<void> {
  const { client, rows, persister, signal, onChange, onConnection, onReminder } = options
  let seq = options.since ?? (await loadStored(options))
  for (;;) {
    seq ??= await loadAll(options)
    options.onPosition(seq)
    persister.advance(seq)
    try {
      for await (const change of client.changes({ since: seq, signal, onConnection, onReminder })) {
        rows.apply(change)
        persister.advance(change.seq)
        options.onPosition(change.seq)
        onChange(change)
      }
      return
    } catch (error) {
      if (!isTaskwireError(error) || error.reason !== 'changes_expired') throw error
      // The log no longer reaches back to our position: load the whole list again.
      seq = undefined
    }
  }
}

async function loadStored({ rows, database, onReady }: FollowLogOptions): Promise<number | undefined> {
  const stored = await database.loadTasks().catch(() => null)
  if (stored === null) return undefined
  for (const task of stored.tasks) rows.confirm(task, 'local')
  onReady()
  return stored.seq
}

/** Reads the position in the log before the list: what changes while the list is read arrives again as changes. */
async function loadAll(options: FollowLogOptions): Promise<number> {
  const { client, rows, persister, signal, onReady, onProgress } = options
  const { next } = await client.change.list.query({}, { signal })
  const ids = new Set<number>()
  let cursor: string | undefined
  do {
    const page = await client.task.list.query({ limit: limits.pageItems, cursor }, { signal })
    for (const task of page.items) {
      ids.add(task.id)
      rows.confirm(task)
    }
    onProgress()
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  rows.retain(ids)
  await persister.replaceAll(next)
  onReady()
  return next
}
