import type { Db } from '@taskwire/db'
import type { Log } from '../context.ts'
import { Refusal } from '../reasons.ts'
import type { Principal } from '../token.ts'
import { assertKept, changesAfter, logBounds } from './log.ts'
import type { Change } from './schema.ts'

/** Brings the changes of the log to those who listen, on whichever replica they were made. */
export interface ChangeFeed {
  /** Tells that a user's log may have grown here. Costs nothing where nobody listens. */
  wake(user_id: string): void
  /**
   * The user's changes after `since` (default: from now on), each once, in order, without a gap, until `signal`
   * aborts, the principal's token ends or the feed closes. Resolves when it listens, so that a refusal is known before
   * the first change: `changes_expired` where the log does not reach back so far, `rate_limited` beyond 10 listeners
   * of one user. Who never reads must abort.
   */
  follow(principal: Principal, since: number | undefined, signal?: AbortSignal): Promise<AsyncGenerator<Change, void>>
  /** Ends every listener. */
  close(): void
}

export interface FeedOptions {
  readonly db: Db
  readonly log: Log
  /** Milliseconds between looks at what other replicas wrote. */
  readonly pollMs?: number
}

const LISTENERS_PER_USER = 10
const QUEUE_LENGTH = 256
const BATCH = 200
const DAY_MS = 86_400_000
const RECHECK_MS = 2000

/** One user's listeners here, and how far the log was read for them. */
interface Channel {
  /** Unknown until the first listener has found where the log ends. */
  seq: number | undefined
  readonly listeners: Set<Listener>
  reading: boolean
  grown: boolean
}

/** Who is behind the queue reads the log instead: memory per listener is bounded, and nothing is lost. */
interface Listener {
  queue: Change[]
  /** The log ends before what was read of it: its user was deleted, or an older copy of the database was restored. */
  lost: boolean
  notify: () => void
}

/** One listener's place in a user's log. */
interface Listening {
  readonly channel: Channel
  readonly listener: Listener
  position: number
  readonly ended: AbortSignal
  readonly leave: () => void
}

export function changeFeed({ db, log, pollMs = 250 }: FeedOptions): ChangeFeed {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()
  let polling: NodeJS.Timeout | undefined

  function channelOf(user_id: string): Channel {
    const known = channels.get(user_id)
    if (known !== undefined) return known
    const channel: Channel = { seq: undefined, listeners: new Set(), reading: false, grown: false }
    channels.set(user_id, channel)
    if (!closing.signal.aborted) polling ??= setTimeout(() => void poll(), pollMs)
    return channel
  }

  /** Reads on from where the channel is, and hands every listener the same rows. */
  async function read(user_id: string, channel: Channel): Promise<void> {
    channel.grown = true
    if (channel.reading || channel.seq === undefined) return
    channel.reading = true
    try {
      while (channel.grown) {
        channel.grown = false
        const rows = await changesAfter(db, user_id, channel.seq, BATCH)
        const last = rows.at(-1)
        if (last === undefined) continue
        channel.seq = last.seq
        channel.grown ||= rows.length === BATCH
        for (const listener of channel.listeners) deliver(listener, rows)
      }
    } catch (error) {
      // The next look tries again, and listeners keep their place.
      log.warn({ err: error }, 'the change log could not be read for listeners')
    } finally {
      channel.reading = false
    }
  }

  /** One query for all users who listen, however many. */
  async function poll(): Promise<void> {
    // As they are before the counters are read: meanwhile a channel may get ahead of what they said.
    const known = [...channels].map(([user_id, channel]) => ({ user_id, channel, seq: channel.seq ?? 0 }))
    try {
      const rows = await db.changeCounter.findMany({ where: { user_id: { in: [...channels.keys()] } } })
      const counters = new Map(rows.map(({ user_id, seq }) => [user_id, seq]))
      for (const { user_id, channel, seq } of known) {
        const last = counters.get(user_id) ?? 0
        if (last > seq) void read(user_id, channel)
        if (last < seq) lose(channel, last)
      }
    } catch (error) {
      log.warn({ err: error }, 'the change counters could not be read for listeners')
    }
    polling = channels.size === 0 || closing.signal.aborted ? undefined : setTimeout(() => void poll(), pollMs)
  }

  async function follow(principal: Principal, since: number | undefined, signal?: AbortSignal) {
    const { user_id } = principal
    const channel = channelOf(user_id)
    if (channel.listeners.size >= LISTENERS_PER_USER) throw new Refusal('rate_limited', { retry_after: 5 })
    const revoked = revocation(principal)
    const ended = AbortSignal.any([closing.signal, revoked.signal, ...(signal ? [signal] : []), ...endOf(principal)])
    // Attached before the log is read: what is written from here on is in the queue or in the log, never in neither.
    const listener: Listener = { queue: [], lost: false, notify: () => {} }
    channel.listeners.add(listener)
    const leave = () => {
      revoked.stop()
      channel.listeners.delete(listener)
      if (channel.listeners.size === 0 && channels.get(user_id) === channel) channels.delete(user_id)
      listener.notify()
    }
    ended.addEventListener('abort', leave, { once: true })
    let position = since ?? 0
    try {
      const bounds = await logBounds(db, user_id)
      if (since === undefined) position = bounds.last
      else assertKept(since, bounds)
      channel.seq ??= bounds.last
      // Woken before it had a place to read on from.
      if (channel.grown) void read(user_id, channel)
      ended.throwIfAborted()
    } catch (error) {
      leave()
      if (!ended.aborted) throw error
    }
    return changesOf(user_id, { channel, listener, position, ended, leave })
  }

  async function* changesOf(user_id: string, { channel, listener, position, ended, leave }: Listening) {
    try {
      while (!ended.aborted) {
        if (listener.lost) throw new Refusal('changes_expired')
        const next = listener.queue[0]
        if (next !== undefined && next.seq <= position + 1) {
          listener.queue.shift()
          if (next.seq <= position) continue
          position = next.seq
          yield next
        } else if (next !== undefined || (channel.seq ?? 0) > position) {
          const rows = await changesAfter(db, user_id, position, BATCH)
          // There was more than `position`: whoever reads so slowly that it was purged meanwhile begins anew.
          if (rows.length === 0) throw new Refusal('changes_expired')
          for (const row of rows) {
            if (row.seq !== position + 1) throw new Refusal('changes_expired')
            if (ended.aborted) return
            position = row.seq
            yield row
          }
        } else {
          await new Promise<void>((resolve) => (listener.notify = resolve))
        }
      }
    } finally {
      ended.removeEventListener('abort', leave)
      leave()
    }
  }

  return {
    wake(user_id) {
      const channel = channels.get(user_id)
      if (channel !== undefined) void read(user_id, channel)
    },
    follow,
    close() {
      closing.abort()
      clearTimeout(polling)
    },
  }
}

function lose(channel: Channel, seq: number): void {
  channel.seq = seq
  for (const listener of channel.listeners) {
    listener.lost = true
    listener.notify()
  }
}

function deliver(listener: Listener, rows: readonly Change[]): void {
  if (listener.queue.length + rows.length > QUEUE_LENGTH) listener.queue = []
  else listener.queue.push(...rows)
  listener.notify()
}

/** Aborts when the principal's API key is revoked; who can no longer be asked about counts as revoked. */
function revocation({ holds }: Principal): { signal: AbortSignal; stop: () => void } {
  const revoked = new AbortController()
  if (holds === undefined) return { signal: revoked.signal, stop: () => {} }
  const ask = () =>
    holds().then(
      (valid) => valid || revoked.abort(),
      () => revoked.abort(),
    )
  const asking = setInterval(() => void ask(), RECHECK_MS)
  asking.unref()
  return { signal: revoked.signal, stop: () => clearInterval(asking) }
}

/** Aborts when the principal's token ends; timers cannot reach further than some weeks, so a day at most. */
function endOf({ expires_at }: Principal): AbortSignal[] {
  if (expires_at === null) return []
  return [AbortSignal.timeout(Math.min(Math.max(expires_at * 1000 - Date.now(), 0), DAY_MS))]
}
