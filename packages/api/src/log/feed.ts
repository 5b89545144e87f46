import { runForCaller, runForNoCaller, type Db } from '@taskwire/db'
import { authorizationExpiry } from '../auth/authorization_expiry.ts'
import type { ChangeFeed, Log, Principal } from '../core/services.ts'
import { ApiError } from '../errors/api_error.ts'
import { changesFrom, enqueue, expire, newListener, type Listener } from './listener.ts'
import { assertKept, changesAfter, logBounds } from './log.ts'
import type { Change } from './schema.ts'

export interface FeedOptions {
  readonly db: Db
  readonly log: Log
  /** Milliseconds between polls for changes of other replicas. */
  readonly pollMs?: number
}

const LISTENERS_PER_USER = 10
const BATCH = 200

/** One user's listeners in this process, and how far the log was read for them. */
interface Channel {
  /** Unknown until the first listener has read where the log ends. */
  seq: number | undefined
  readonly listeners: Set<Listener>
  reading: boolean
  grown: boolean
}

export function changeFeed({ db, log, pollMs = 250 }: FeedOptions): ChangeFeed {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()
  let polling: NodeJS.Timeout | undefined
  let pollFails = false

  function channelOf(user_id: string): Channel {
    const known = channels.get(user_id)
    if (known !== undefined) return known
    const channel: Channel = { seq: undefined, listeners: new Set(), reading: false, grown: false }
    channels.set(user_id, channel)
    if (!closing.signal.aborted) polling ??= setTimeout(() => void runForNoCaller(poll), pollMs)
    return channel
  }

  function changesFor(user_id: string, since: number): Promise<Change[]> {
    return runForCaller({ user_id }, () => changesAfter(db, user_id, since, BATCH))
  }

  /** Reads the log after the channel's seq and queues the rows for every listener. */
  async function read(user_id: string, channel: Channel): Promise<void> {
    channel.grown = true
    if (channel.reading || channel.seq === undefined) return
    channel.reading = true
    try {
      while (channel.grown) {
        channel.grown = false
        const rows: Change[] = await changesFor(user_id, channel.seq)
        const last = rows.at(-1)
        if (last === undefined) continue
        channel.seq = last.seq
        channel.grown ||= rows.length === BATCH
        for (const listener of channel.listeners) enqueue(listener, rows)
      }
    } catch (error) {
      // The next poll tries again, and listeners keep their position.
      if (!closing.signal.aborted) log.warn({ err: error }, 'the change log could not be read for listeners')
    } finally {
      channel.reading = false
    }
  }

  /** One query for all users with listeners, however many. */
  async function poll(): Promise<void> {
    // Taken before the counters are read, because a channel may advance past them meanwhile.
    const known = [...channels].map(([user_id, channel]) => ({ user_id, channel, seq: channel.seq ?? 0 }))
    try {
      const rows = await db.changeCounter.findMany({ where: { user_id: { in: [...channels.keys()] } } })
      const counters = new Map(rows.map(({ user_id, seq }) => [user_id, seq]))
      for (const { user_id, channel, seq } of known) {
        const last = counters.get(user_id) ?? 0
        if (last > seq) void read(user_id, channel)
        if (last < seq) {
          channel.seq = last
          for (const listener of channel.listeners) expire(listener)
        }
      }
      pollFails = false
    } catch (error) {
      // Logs once, not four times a second while the database is unavailable.
      if (!pollFails) log.warn({ err: error }, 'the change counters could not be read for listeners')
      pollFails = true
    }
    polling =
      channels.size === 0 || closing.signal.aborted ? undefined : setTimeout(() => void runForNoCaller(poll), pollMs)
  }

  async function subscribe(principal: Principal, since: number | undefined, signal?: AbortSignal) {
    const { user_id } = principal
    const channel = channelOf(user_id)
    if (channel.listeners.size >= LISTENERS_PER_USER) throw new ApiError('rate_limited', { retry_after: 5 })
    const access = authorizationExpiry(principal)
    const ended = AbortSignal.any([closing.signal, access.signal, ...(signal ? [signal] : [])])
    // Attached before the log is read, so that every later change is in the queue, in the log or in both.
    const listener = newListener()
    channel.listeners.add(listener)
    const leave = () => {
      access.stop()
      ended.removeEventListener('abort', leave)
      channel.listeners.delete(listener)
      if (channel.listeners.size === 0 && channels.get(user_id) === channel) channels.delete(user_id)
      listener.notify()
    }
    ended.addEventListener('abort', leave)
    let seq = since ?? 0
    try {
      const bounds = await logBounds(db, user_id)
      if (since === undefined) seq = bounds.last
      else assertKept(since, bounds)
      listener.known = Math.max(listener.known, bounds.last)
      channel.seq ??= bounds.last
      // Notified before its seq was known.
      if (channel.grown) void read(user_id, channel)
      ended.throwIfAborted()
    } catch (error) {
      leave()
      if (!ended.aborted) throw error
    }
    return untilLeft(changesFrom(db, listener, { user_id, seq }, ended), leave)
  }

  return {
    subscriptions: () => [...channels.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    notify(user_id) {
      const channel = channels.get(user_id)
      if (channel !== undefined) void read(user_id, channel)
    },
    subscribe,
    close() {
      closing.abort()
      clearTimeout(polling)
    },
  }
}

/** The same changes; calls `leave` when they end for any reason. */
async function* untilLeft(changes: AsyncGenerator<Change, void>, leave: () => void) {
  try {
    yield* changes
  } finally {
    leave()
  }
}
