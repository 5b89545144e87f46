import { follow, type SubscriptionSource } from './follow.ts'
import type { Change } from './router.ts'

export interface FollowOptions {
  /** The last seq that you know. Default: the end of the log when the iteration begins. */
  readonly since?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /** Called when the connection is established and when it is lost. */
  readonly onConnection?: (connected: boolean) => void
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

type Source = Pick<SubscriptionSource, 'url' | 'fetch' | 'tokens'> & {
  /** The seq of the last change. */
  readonly end: (signal: AbortSignal) => Promise<number>
}

export function changesOf({ end, ...source }: Source): Changes {
  return async function* ({ since, signal = new AbortController().signal, onConnection } = {}) {
    // Without a position the current end is read first: a cut before the first change must not move it.
    const input = async () => ({ since: since ?? (await end(signal)) })
    for await (const event of follow({ ...source, input, signal })) {
      // The server has checked it against its output schema.
      if (event.type === 'event') yield event.data as Change
      else onConnection?.(event.type === 'connected')
    }
  }
}
