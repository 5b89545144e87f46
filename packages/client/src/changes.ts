import { taskwireError } from './error.ts'
import { follow, isTemporary, type SubscriptionSource } from './follow.ts'
import type { Change } from './router.ts'
import { backoff, pause } from './waiting.ts'

/** A reminder that fires. Times are RFC 3339 in UTC. */
export interface FiredReminder {
  readonly task_id: number
  readonly user_id: string
  readonly title: string
  readonly due_date: string | null
  readonly due_time: string | null
  readonly due_zone: string | null
  readonly due_at: string | null
  readonly remind_at: string
  /** More than 60 s after its time. */
  readonly late: boolean
}

export interface FollowOptions {
  /** The last seq that you know. Default: the end of the log when the iteration begins. */
  readonly since?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /** Called when the connection is established and when it is lost. */
  readonly onConnection?: (connected: boolean) => void
  /**
   * Called with each reminder that fires while the connection is open. Those that fired while it was lost are in
   * `reminder.list`.
   */
  readonly onReminder?: (reminder: FiredReminder) => void
}

/**
 * Yields the user's changes after `since`, each once, in order and without a gap, across lost connections, other replicas and
 * expired tokens. Ends on abort.
 *
 * @throws TaskwireError `changes_expired` if the log no longer reaches back that far: read the list again and follow from its
 * current seq. Any other error that a retry cannot fix.
 * @example
 * for await (const change of taskwire.changes({ since: 0 })) console.log(change.kind, change.after?.title)
 */
export type Changes = (options?: FollowOptions) => AsyncGenerator<Change, void, undefined>

/** One page of the log after `since`. */
export interface LogPage {
  readonly changes: readonly Change[]
  readonly next: number
  readonly has_more: boolean
}

type Source = Pick<SubscriptionSource, 'url' | 'fetch' | 'tokens'> & {
  /** The page of the log after a seq; without one no changes, and the seq of the last one as `next`. */
  readonly page: (since: number | undefined, signal: AbortSignal) => Promise<LogPage>
  /** Whether `fetch` can read a response while it arrives. */
  readonly streaming: boolean
  /** How often to look for changes where it cannot, in milliseconds. */
  readonly pollMs: number
}

export function changesOf(source: Source): Changes {
  return source.streaming ? streamedChanges(source) : polledChanges(source)
}

function streamedChanges({ page, ...source }: Source): Changes {
  return async function* ({ since, signal = new AbortController().signal, onConnection, onReminder } = {}) {
    // Without a position the current end is read first: a cut before the first change must not move it.
    const reminders = onReminder === undefined ? {} : { reminders: true }
    const input = async () => ({ since: since ?? (await page(undefined, signal)).next, ...reminders })
    for await (const event of follow({ ...source, input, signal })) {
      // The server has checked it against its output schema.
      if (event.type === 'event') yield event.data as Change
      else if (event.type === 'passing') onReminder?.(event.data as FiredReminder)
      else onConnection?.(event.type === 'connected')
    }
  }
}

const BACKOFF = { first: 250, most: 5_000 }

function polledChanges({ page, pollMs }: Source): Changes {
  return async function* ({ since, signal = new AbortController().signal, onConnection } = {}) {
    let next = since
    let connected: boolean | undefined
    let failures = 0
    while (!signal.aborted) {
      try {
        const read = await page(next, signal)
        if (connected !== true) onConnection?.((connected = true))
        failures = 0
        yield* read.changes
        next = read.next
        if (!read.has_more) await pause(pollMs, signal)
      } catch (cause) {
        if (signal.aborted) return
        const error = taskwireError(cause)
        if (!isTemporary(error)) throw error
        if (connected === true) onConnection?.((connected = false))
        await pause(backoff(++failures, BACKOFF, error.retryAfter), signal).catch(() => {})
      }
    }
  }
}
