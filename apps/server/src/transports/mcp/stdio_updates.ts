import { setTimeout as delay } from 'node:timers/promises'
import type { McpRequestContext, Server } from '@modelcontextprotocol/server'
import { publicError, type Principal, type Services } from '@taskwire/api'
import { changedResources } from './resources.ts'

/** The updates of resources for the client of a connection, from the change log. */
export interface ResourceUpdates {
  /** What a client of 2025 has subscribed to. For a newer one the SDK keeps its subscriptions. */
  readonly subscribed: Set<string>
  /** Sends them through this server from now on, and returns it. */
  to(server: Server, era: McpRequestContext['era']): Server
  /** Ends them. */
  stop(): void
}

const RESUME_AFTER_MS = 1000

export interface ResourceUpdatesOptions {
  /** Milliseconds after which ended updates are tried again. */
  readonly resumeAfterMs?: number
}

/**
 * Follows the log for as long as the connection lasts. A stream of changes ends after a day, and when the state of its key
 * cannot be read; then the key is verified again, and the updates go on after the last change that was seen. With a key that
 * is not valid any more they end.
 */
export function resourceUpdates(
  services: Pick<Services, 'feed' | 'log'>,
  authorize: () => Promise<Principal>,
  { resumeAfterMs = RESUME_AFTER_MS }: ResourceUpdatesOptions = {},
): ResourceUpdates {
  const subscribed = new Set<string>()
  const stopped = new AbortController()
  let isInterrupted = false
  let since: number | undefined
  let target: { readonly server: Server; readonly era: McpRequestContext['era'] } | undefined

  async function follow(): Promise<void> {
    while (await followOnce()) {
      await delay(resumeAfterMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
      // Before the first change there is no place in the log to go on from, so these may have changed meanwhile.
      if (since === undefined) for (const uri of subscribed) await send(uri)
    }
  }

  /** Whether to go on when the stream has ended. */
  async function followOnce(): Promise<boolean> {
    try {
      const changes = await services.feed.subscribe(await authorize(), since, stopped.signal)
      if (isInterrupted) services.log.warn({}, 'updates go on')
      isInterrupted = false
      for await (const change of changes) {
        since = change.seq
        for (const uri of changedResources(change)) await send(uri)
      }
    } catch (err) {
      const { reason, status } = publicError(err)
      // Logs once, not every second while the database is unavailable.
      if (!stopped.signal.aborted && !isInterrupted) services.log.warn({ err }, 'updates are interrupted')
      isInterrupted = true
      if (reason === 'changes_expired') since = undefined
      if (status === 401) return false
    }
    return !stopped.signal.aborted
  }

  async function send(uri: string): Promise<void> {
    if (target === undefined || (target.era === 'legacy' && !subscribed.has(uri))) return
    try {
      await target.server.sendResourceUpdated({ uri })
    } catch (err) {
      services.log.warn({ err }, 'an update could not be sent')
    }
  }

  return {
    subscribed,
    to(server, era) {
      const isFirst = target === undefined
      target = { server, era }
      if (isFirst) void follow()
      return server
    },
    stop: () => stopped.abort(),
  }
}
