import { runForNoCaller, type Db, type Sql } from '@taskwire/db'
import { signedRequest, type WebhookEvent } from './event.ts'
import type { LeasedWebhook } from './lease.ts'
import type { Outcome, Poster } from './post.ts'
import { recordAttempts, type Attempt, type Attempts } from './record.ts'
import { waitAfter } from './retry.ts'

export interface Delivering {
  readonly db: Db
  readonly sql: Sql
  readonly poster: Poster
  readonly now: () => Date
  readonly leaseMs: number
  /** How long one webhook is served before others have their turn. */
  readonly servedMs: number
}

/** How a delivery ends before it is done. */
export interface Stop {
  /** No further event is sent. */
  readonly requested: AbortSignal
  /** The attempt in progress is interrupted. It is not recorded, so another process repeats it. */
  readonly now: AbortSignal
}

/** The delivery of what is due to one webhook. */
export interface Session extends Delivering {
  /** As it was last stored; null once the lease is lost. */
  hook: LeasedWebhook | null
  readonly stop: Stop
  readonly until: number
}

/** Whether a further event is sent. */
export function isOn({ hook, stop }: Session): boolean {
  return hook?.enabled === true && !stop.requested.aborted
}

/** Asked after an attempt, so that neither the queued events nor the changes keep the others from their turn. */
export function isOver({ until }: Session): boolean {
  return performance.now() >= until
}

export interface Circumstances {
  /** How often this event has failed before. */
  readonly failures: number
  readonly once: boolean
}

/** Sends an event. Null where it was not sent, or was interrupted. */
export async function attempt(
  { hook, poster, now, stop }: Session,
  event: WebhookEvent,
  circumstances: Circumstances,
): Promise<Attempt | null> {
  if (hook === null) return null
  const sent = { url: hook.url, ...signedRequest(event, hook, now()) }
  const outcome = await poster.post(sent, stop.now).catch((error: unknown) => {
    if (!stop.now.aborted) throw error
    return null
  })
  return outcome === null ? null : { ...judgedOutcome(outcome, circumstances, now()), event }
}

/** An attempt without a response and without consequences. */
export const unanswered = { response_status: null, error: null, next_attempt_at: null, disabled_reason: null } as const

function judgedOutcome(outcome: Outcome, { failures, once }: Circumstances, at: Date): Omit<Attempt, 'event'> {
  const response_status = 'status' in outcome ? outcome.status : null
  const error = 'error' in outcome ? outcome.error : null
  const result = { ...unanswered, response_status, error, at }
  if (response_status !== null && response_status >= 200 && response_status < 300)
    return { ...result, status: 'delivered' }
  if (response_status === 410) return { ...result, status: 'failed', disabled_reason: 'gone' }
  if (once) return { ...result, status: 'failed' }
  const wait = waitAfter(failures + 1)
  if (wait === null) return { ...result, status: 'failed', disabled_reason: 'failing' }
  return { ...result, status: 'pending', next_attempt_at: new Date(at.getTime() + wait) }
}

/** Stores attempts. One call ends before the next one begins: each continues with what the one before found. */
export async function store(session: Session, made: Omit<Attempts, 'leaseMs'>): Promise<void> {
  const { hook, sql, leaseMs } = session
  if (hook === null) return
  session.hook = await runForNoCaller(() => recordAttempts(sql, hook, { ...made, leaseMs }))
}
