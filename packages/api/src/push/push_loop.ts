import { setTimeout as sleep } from 'node:timers/promises'
import type { Services } from '../core/services.ts'
import { poster } from '../webhook/post.ts'
import { claimPushes, postponePush, removeGoneSubscription, removePush, type ReminderPush } from './queue.ts'
import { sendPush, type PushOutcome, type Sending } from './send.ts'
import { pushAuthorization, vapidKeys } from './vapid.ts'

export interface PushOptions {
  /** A `mailto:` or `https:` URL, where the operator of a push service can complain. */
  readonly contact: string
  /** Milliseconds between looks for pushes that are due. This process is also told of what it fires. */
  readonly pollMs?: number
  /** How many are on their way at once. */
  readonly concurrency?: number
  readonly timeoutMs?: number
  /** For how long a stop waits for what is on its way. */
  readonly stopMs?: number
}

/** Sends reminders to browsers. Any number of replicas may do so at once: each takes other ones. */
export interface ReminderPushes {
  /** Sends until nothing is due. */
  sendDue(): Promise<void>
  /** Sends from now on, until `stop`. */
  start(): void
  /** Looks at once, because reminders have fired. */
  notify(): void
  /** Interrupts what is on its way: it is sent again later, or by another replica. */
  stop(): Promise<void>
}

/** Later attempts are an hour apart, until the reminder is a day old. */
const RETRY_S = [60, 300, 1800, 3600]
const STOP_MS = 500

type PushServices = Pick<Services, 'db' | 'sql' | 'log' | 'now' | 'allowPrivateWebhooks'>

export function reminderPushes(
  services: PushServices,
  { contact, pollMs = 5000, concurrency = 50, timeoutMs, stopMs = STOP_MS }: PushOptions,
): ReminderPushes {
  const { db, log } = services
  const allowPrivate = services.allowPrivateWebhooks === true
  const client = poster({ allowPrivate, timeoutMs })
  const running = new Set<{ readonly user_id: string; readonly sent: Promise<void> }>()
  const [requested, interrupted] = [new AbortController(), new AbortController()]
  let sending: Promise<Sending> | undefined
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> | undefined
  let again = false
  let fails = false

  function opened(): Promise<Sending> {
    sending ??= vapidKeys(db).then(
      (keys) => ({
        poster: client,
        authorization: pushAuthorization(keys, contact),
        allowPrivate,
        now: () => services.now?.() ?? new Date(),
      }),
      (error: unknown) => {
        sending = undefined
        throw error
      },
    )
    return sending
  }

  async function send(push: ReminderPush): Promise<void> {
    const outcome = await sendPush(await opened(), push, interrupted.signal)
    if (outcome.kind === 'gone') return removeGoneSubscription(services, push)
    if (outcome.kind === 'failed') {
      const seconds = outcome.wait ?? RETRY_S[push.attempts] ?? 3600
      return postponePush(services, push, { seconds, all: outcome.wait !== null })
    }
    if (outcome.kind === 'refused') warn(push, outcome)
    await removePush(services, push)
  }

  /** Without the address at the push service, which whoever reads the log could send to. */
  function warn({ endpoint }: ReminderPush, { status }: Extract<PushOutcome, { kind: 'refused' }>): void {
    log.warn({ service: new URL(endpoint).host, status }, 'a push service refused a reminder')
  }

  /** Takes what is due and begins to send it. Returns how much that was. */
  async function look(): Promise<number> {
    const limit = concurrency - running.size
    if (limit <= 0 || requested.signal.aborted) return 0
    const pushes = await claimPushes(services, { limit, running: countsOfUsers() })
    for (const push of pushes) {
      const sent = send(push)
        .catch((error: unknown) => {
          if (!interrupted.signal.aborted) log.warn({ err: error }, 'a reminder could not be pushed')
        })
        .finally(() => {
          running.delete(one)
          // Others may have waited for its place.
          if (timer !== undefined) schedule(0)
        })
      const one = { user_id: push.event.user_id, sent }
      running.add(one)
    }
    return pushes.length
  }

  function countsOfUsers(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { user_id } of running) counts.set(user_id, (counts.get(user_id) ?? 0) + 1)
    return counts
  }

  /** One look at a time: each counts what is on its way before it takes more, and `stop` waits for it. */
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
          // Logs once, not at every look while the database is unavailable.
          if (!fails) log.warn({ err: error }, 'pushes could not be looked for')
          fails = true
        })
        .finally(() => {
          looking = undefined
          schedule(again ? 0 : pollMs)
        })
    }, ms)
  }

  return {
    async sendDue() {
      while ((await look()) > 0) await Promise.all([...running].map(({ sent }) => sent))
    },
    start: () => schedule(0),
    notify() {
      if (timer !== undefined) schedule(0)
    },
    async stop() {
      requested.abort()
      clearTimeout(timer)
      await looking
      const waited = new AbortController()
      const deadline = sleep(stopMs, undefined, { signal: waited.signal }).catch(() => {})
      const all = Promise.all([...running].map(({ sent }) => sent))
      await Promise.race([all, deadline])
      waited.abort()
      interrupted.abort()
      await all
      client.close()
    },
  }
}
