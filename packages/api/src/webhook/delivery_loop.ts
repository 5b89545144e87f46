import { setTimeout as sleep } from 'node:timers/promises'
import { runForNoCaller } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import type { Delivering } from './attempt.ts'
import { deliverTo } from './deliver.ts'
import { claimWebhooks, webhookLag, type LeasedWebhook } from './lease.ts'
import type { Resolve } from './lookup.ts'
import { poster } from './post.ts'
import { keepLeases } from './renewal.ts'
import { WEBHOOKS_PER_USER } from './schema.ts'

export interface DeliveryOptions {
  /** Milliseconds between looks for something to deliver. */
  readonly pollMs?: number
  /** A process that dies blocks its webhooks for this long. One that lives renews its leases four times as often. */
  readonly leaseMs?: number
  /** How many webhooks are delivered to at once. Of the second half of these places a user gets two at most. */
  readonly concurrency?: number
  /** For how long one webhook is served before others have their turn. An attempt may take longer. */
  readonly servedMs?: number
  readonly resolve?: Resolve
  readonly timeoutMs?: number
  /** For how long a stop waits for attempts in progress. */
  readonly stopMs?: number
}

/** Delivers to the webhooks of all users. Any number of replicas may do so at once. */
export interface WebhookDeliveries {
  /** Delivers until nothing is due. */
  deliverDue(): Promise<void>
  /** Delivers from now on, until `stop`. */
  start(): void
  /** Gives attempts in progress a moment, then interrupts them: they are repeated later, or by another replica. */
  stop(): Promise<void>
  /** How many changes are still to be delivered. */
  lag(): Promise<number>
}

const STOP_MS = 500
/** Slow receivers of some users must leave places for those of others. */
const PLACES_WHILE_SCARCE = 2

export function webhookDeliveries(
  services: Pick<Services, 'db' | 'sql' | 'log' | 'now' | 'allowPrivateWebhooks'>,
  options: DeliveryOptions = {},
): WebhookDeliveries {
  const { pollMs = 500, leaseMs = 10_000, concurrency = 200, servedMs = 10_000 } = options
  const { resolve, timeoutMs, stopMs = STOP_MS } = options
  const { db, sql, log } = services
  const allowPrivate = services.allowPrivateWebhooks === true
  const now = () => services.now?.() ?? new Date()
  const client = poster({ allowPrivate, resolve, timeoutMs })
  const delivering: Delivering = { db, sql, poster: client, now, leaseMs, servedMs }
  const sessions = new Map<Promise<void>, LeasedWebhook>()
  const ended = () => Promise.all(sessions.keys())
  const renewal = keepLeases(sql, { held: () => [...sessions.values()], leaseMs })
  const [requested, interrupted] = [new AbortController(), new AbortController()]
  const stop = { requested: requested.signal, now: interrupted.signal }
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> | undefined
  let again = false
  let fails = false

  /** Claims webhooks and begins to deliver to them. Returns how many there were. */
  async function look(): Promise<number> {
    const isScarce = sessions.size >= concurrency / 2
    const limit = Math.ceil(isScarce ? concurrency : concurrency / 2) - sessions.size
    if (limit <= 0 || requested.signal.aborted) return 0
    const perUser = isScarce ? PLACES_WHILE_SCARCE : WEBHOOKS_PER_USER
    const hooks = await runForNoCaller(() =>
      claimWebhooks(sql, { now: now(), leaseMs, limit, perUser, served: countsOf(sessions.values()) }),
    )
    for (const hook of hooks) {
      const session = deliverTo(delivering, hook, stop)
        .catch((error: unknown) => log.error({ err: error, webhook_id: hook.id }, 'a webhook could not be served'))
        .finally(() => {
          sessions.delete(session)
          // It may have more to deliver, or others may have waited for its place.
          if (timer !== undefined) schedule(0)
        })
      sessions.set(session, hook)
    }
    // Others may have their turn in the second half.
    again ||= hooks.length === limit
    return hooks.length
  }

  /** One look at a time: each counts the sessions before it claims webhooks, and `stop` waits for it. */
  function schedule(ms: number): void {
    if (requested.signal.aborted) return
    if (looking !== undefined) {
      again ||= ms === 0
      return
    }
    clearTimeout(timer)
    timer = setTimeout(() => {
      again = false
      looking = look()
        .then(() => (fails = false))
        .catch((error: unknown) => {
          // Logs once, not twice a second while the database is unavailable.
          if (!fails) log.warn({ err: error }, 'webhooks could not be looked for')
          fails = true
        })
        .finally(() => {
          looking = undefined
          schedule(again ? 0 : pollMs)
        })
    }, ms)
  }

  return {
    async deliverDue() {
      while ((await look()) > 0) await ended()
    },
    start: () => schedule(0),
    async stop() {
      requested.abort()
      clearTimeout(timer)
      await looking
      const waited = new AbortController()
      const deadline = sleep(stopMs, undefined, { signal: waited.signal }).catch(() => {})
      await Promise.race([ended(), deadline])
      waited.abort()
      interrupted.abort()
      await ended()
      await renewal.stop()
      client.close()
    },
    lag: () => runForNoCaller(() => webhookLag(sql)),
  }
}

/** How many of the webhooks are each user's. */
function countsOf(hooks: Iterable<LeasedWebhook>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { user_id } of hooks) counts.set(user_id, (counts.get(user_id) ?? 0) + 1)
  return counts
}
