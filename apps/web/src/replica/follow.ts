import { isTaskwireError } from '@taskwire/client'
import type { Change, Client } from '../client.ts'
import type { Keeper } from './keeper.ts'
import type { Rows } from './rows.ts'
import type { Saved } from './saved.ts'

export interface FollowOptions {
  readonly client: Client
  readonly rows: Rows
  readonly saved: Saved
  readonly keeper: Keeper
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
export async function follow(options: FollowOptions): Promise<void> {
  const { client, rows, keeper, signal, onChange, onConnection } = options
  let seq = options.since ?? (await keptSeq(options))
  for (;;) {
    seq ??= await wholeList(options)
    options.onPlace(seq)
    keeper.reached(seq)
    try {
      for await (const change of client.changes({ since: seq, signal, onConnection })) {
        rows.apply(change)
        keeper.reached(change.seq)
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

async function keptSeq({ rows, saved, onReady }: FollowOptions): Promise<number | undefined> {
  const kept = await saved.tasks().catch(() => null)
  if (kept === null) return undefined
  for (const task of kept.tasks) rows.confirm(task, 'kept')
  onReady()
  return kept.seq
}

/** Reads the place in the log first, then the list: what changes while it is read comes again as changes. */
async function wholeList({ client, rows, keeper, signal, onReady, onProgress }: FollowOptions): Promise<number> {
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
  await keeper.replaced(next)
  onReady()
  return next
}
