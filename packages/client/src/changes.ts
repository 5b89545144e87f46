import { follow, type SubscriptionSource } from './follow.ts'
import type { Change } from './router.ts'

export interface FollowOptions {
  /** The last seq that you know. Default: the end of the log when the iteration begins. */
  readonly since?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /** Told whenever the server begins to be heard, or is no longer. */
  readonly onConnection?: (connected: boolean) => void
}

/**
 * The user's changes after `since`, each once, in order, without a gap, over cut connections, other replicas and expired
 * tokens. Ends on abort. Throws `changes_expired` where the log no longer reaches back so far, and every refusal that a
 * repeat cannot mend.
 */
export type Changes = (options?: FollowOptions) => AsyncGenerator<Change, void, undefined>

type Source = Pick<SubscriptionSource, 'url' | 'fetch' | 'tokens'> & {
  /** Where the log ends now. */
  readonly end: (signal: AbortSignal) => Promise<number>
}

export function changesOf({ end, ...source }: Source): Changes {
  return async function* ({ since, signal = new AbortController().signal, onConnection } = {}) {
    // Where no place is given, it is asked for first: a cut before the first change must not move it.
    const input = async () => ({ since: since ?? (await end(signal)) })
    for await (const event of follow({ ...source, input, signal })) {
      // Parsed from the server's answer, which its output schema has checked.
      if (event.type === 'event') yield event.data as Change
      else onConnection?.(event.type === 'connected')
    }
  }
}
