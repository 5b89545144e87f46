import { runForCaller, runForNoCaller, type Db, type Sql } from '@taskwire/db'
import { changesAfter, logBounds, readChanges } from '../log/log.ts'
import { changeEvent, signedRequest, type WebhookEvent } from './event.ts'
import { recordAttempt, releaseWebhook, type Attempt, type LeasedWebhook } from './lease.ts'
import type { Outcome, Poster } from './post.ts'
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

/** Changes and queued events that are read at once. */
const CHANGES = 50
const QUEUED = 20

/** How a delivery ends before it is done. */
export interface Stop {
  /** No further event is sent. */
  readonly requested: AbortSignal
  /** The attempt in progress is interrupted. It is not recorded, so another process repeats it. */
  readonly now: AbortSignal
}

/** Delivers what is due to a leased webhook: its queued events, and the changes of the log in their order, until one fails. */
export async function deliverTo(delivering: Delivering, leased: LeasedWebhook, stop: Stop): Promise<void> {
  const session: Session = { ...delivering, hook: leased, stop, until: performance.now() + delivering.servedMs }
  let found = true
  for (let first = true; found && isOn(session) && (first || !isOver(session)); first = false) {
    const queued = await deliverQueued(session)
    found = (await deliverChanges(session)) || queued
  }
  if (session.hook !== null) await runForNoCaller(() => releaseWebhook(delivering.sql, leased))
}

interface Session extends Delivering {
  /** As it was last stored; null once the lease is lost. */
  hook: LeasedWebhook | null
  readonly stop: Stop
  readonly until: number
}

interface QueuedRow {
  readonly event_key: string
  readonly seq: number | null
  readonly type: string
  readonly payload: unknown
  readonly attempts: number
  readonly created_at: Date
}

const selectQueued = `
  SELECT event_key, seq, type, payload, attempts, created_at FROM taskwire.webhook_delivery
  WHERE user_id = $1 AND webhook_id = $2 AND queued AND next_attempt_at <= $3::timestamptz
  ORDER BY next_attempt_at, id LIMIT $4`

/** Returns whether there was any. */
async function deliverQueued(session: Session): Promise<boolean> {
  const { sql, hook, now } = session
  if (hook === null) return false
  const values = [hook.user_id, hook.id, now(), QUEUED]
  const rows = await runForNoCaller(() => sql<QueuedRow>({ text: selectQueued, values }))
  for (const row of rows) {
    if (!isOn(session)) return false
    const event = await queuedEvent(session, row)
    if (event === null) await store(session, expired(row, now()))
    // A test is sent once.
    else await attempt(session, event, { in_log: false, failures: row.attempts, once: row.type === 'test' })
    if (isOver(session)) break
  }
  return rows.length > 0
}

/** A change that is sent again is in the log, as long as it is kept. */
async function queuedEvent({ db, hook }: Session, row: QueuedRow): Promise<WebhookEvent | null> {
  const { event_key: key, seq, type, payload } = row
  if (seq === null) return { key, seq, type, timestamp: row.created_at.toISOString(), data: payload }
  const user_id = hook?.user_id ?? ''
  const [change] = await runForCaller({ user_id }, () => readChanges(db, { where: { user_id, seq } }))
  return change === undefined ? null : changeEvent(change)
}

function expired({ event_key: key, seq, type }: QueuedRow, at: Date): Attempt {
  const event = { key, seq, type, timestamp: at.toISOString(), data: null }
  const error = 'The log no longer holds this change'
  return { ...unanswered, event, in_log: false, status: 'failed', error, at }
}

const unanswered = { response_status: null, error: null, next_attempt_at: null, disabled_reason: null } as const

/** Returns whether there was any. */
async function deliverChanges(session: Session): Promise<boolean> {
  const { db, hook, now } = session
  if (hook === null || !hook.events.includes('change') || (hook.retry_at !== null && hook.retry_at > now()))
    return false
  const { user_id, seq } = hook
  const changes = await runForCaller({ user_id }, () => changesAfter(db, user_id, seq, CHANGES))
  const [first] = changes
  if (first?.seq !== seq + 1) return skipExpired(session)
  for (const change of changes) {
    if (!isOn(session)) return false
    const failures = session.hook?.attempts ?? 0
    const delivered = await attempt(session, changeEvent(change), { in_log: true, failures, once: false })
    if (!delivered || isOver(session)) return true
  }
  return true
}

/** Goes on behind changes that were purged while the webhook was disabled, and says so among its deliveries. */
async function skipExpired(session: Session): Promise<boolean> {
  const { db, hook, now } = session
  if (hook === null) return false
  // Read as one: the last change of the log may have come since the changes were read, and is not expired.
  const last = (await logBounds(db, hook.user_id)).oldest - 1
  if (last <= hook.seq) return false
  const at = now()
  const error = `The log no longer holds the changes ${hook.seq + 1} to ${last}`
  const event = { key: `expired:${last}`, seq: last, type: 'expired', timestamp: at.toISOString(), data: null }
  const values = [hook.user_id, hook.id, hook.lease, last]
  await store(session, { ...unanswered, event, in_log: false, status: 'failed', error, at })
  await runForNoCaller(() => session.sql({ text: moveOn, values }))
  if (session.hook !== null) session.hook = { ...session.hook, seq: last }
  return true
}

const moveOn = 'UPDATE taskwire.webhook SET seq = $4 WHERE user_id = $1 AND id = $2 AND lease = $3 AND seq < $4'

function isOn({ hook, stop }: Session): boolean {
  return hook?.enabled === true && !stop.requested.aborted
}

/** Asked after an attempt, so that neither the queued events nor the changes keep the others from their turn. */
function isOver({ until }: Session): boolean {
  return performance.now() >= until
}

interface Circumstances {
  readonly in_log: boolean
  /** How often this event has failed before. */
  readonly failures: number
  readonly once: boolean
}

/** Sends an event and stores how that ended. Returns whether it was delivered. */
async function attempt(session: Session, event: WebhookEvent, circumstances: Circumstances): Promise<boolean> {
  const { hook, poster, now, stop } = session
  if (hook === null) return false
  const sent = { url: hook.url, ...signedRequest(event, hook, now()) }
  const outcome = await poster.post(sent, stop.now).catch((error: unknown) => {
    if (!stop.now.aborted) throw error
    return null
  })
  if (outcome === null) return false
  const judged = judgedOutcome(outcome, circumstances, now())
  await store(session, { ...judged, event, in_log: circumstances.in_log })
  return judged.status === 'delivered'
}

function judgedOutcome(
  outcome: Outcome,
  { failures, once }: Circumstances,
  at: Date,
): Omit<Attempt, 'event' | 'in_log'> {
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

async function store(session: Session, stored: Attempt): Promise<void> {
  const { hook, sql, leaseMs } = session
  if (hook === null) return
  session.hook = await runForNoCaller(() => recordAttempt(sql, { ...hook, leaseMs }, stored))
}
