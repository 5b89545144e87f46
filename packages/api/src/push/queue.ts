import { runForNoCaller } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import { rfc3339 } from '../reminder/event_sql.ts'
import { reminderEvent, type ReminderEvent } from '../reminder/schema.ts'
import type { PushKeys } from './encrypt.ts'

/** A reminder that is to be sent to a browser. */
export interface ReminderPush extends PushKeys {
  readonly subscription_id: number
  readonly endpoint: string
  readonly language: string
  readonly shows_title: boolean
  readonly event: ReminderEvent
  /** How often it was tried before. */
  readonly attempts: number
}

type Queue = Pick<Services, 'sql' | 'now'>

/** A process that dies blocks its pushes for this long. More than an attempt takes. */
const LEASE_S = 60
/** How many of one user are on their way at once: those to a slow server must leave places to the others. */
const PUSHES_PER_USER = 4

const key = (row: string) => `${row}.user_id, ${row}.subscription_id, ${row}.task_id, ${row}.remind_at`

// What nobody wants any more is removed instead: the task is done, the session has expired, or the reminder is a day old. Those
// with few attempts come first, so that failing ones do not hold up the others.
const claim = `
  WITH ranked AS (
    SELECT delivery.*,
      row_number() OVER (PARTITION BY delivery.user_id ORDER BY attempts, next_attempt_at) + coalesce(pushes, 0) AS place
    FROM taskwire.push_delivery AS delivery
      LEFT JOIN unnest($3::text[], $4::int[]) AS running (user_id, pushes) ON running.user_id = delivery.user_id
    WHERE next_attempt_at <= $1::timestamptz AND NOT EXISTS (
      SELECT FROM taskwire.push_subscription AS subscription
      WHERE subscription.user_id = delivery.user_id AND id = subscription_id AND retry_at > $1::timestamptz)
  ), due AS (
    SELECT ${key('delivery')} FROM taskwire.push_delivery AS delivery
    WHERE next_attempt_at <= $1::timestamptz AND (${key('delivery')}) IN (
      SELECT ${key('ranked')} FROM ranked WHERE place <= ${PUSHES_PER_USER} ORDER BY attempts, next_attempt_at LIMIT $2)
    FOR UPDATE OF delivery SKIP LOCKED
  ), judged AS (
    SELECT due.*, endpoint, p256dh, auth, language, shows_title,
      $1::timestamptz - due.remind_at <= interval '24 h' AND task.id IS NOT NULL AND session.id IS NOT NULL AS wanted
    FROM due
      JOIN taskwire.push_subscription AS subscription
        ON subscription.user_id = due.user_id AND subscription.id = due.subscription_id
      LEFT JOIN taskwire.session ON session.id = session_id AND "userId" = due.user_id AND "expiresAt" > clock_timestamp()
      LEFT JOIN taskwire.task ON task.user_id = due.user_id AND task.id = due.task_id
        AND NOT completed AND deleted_at IS NULL
  ), removed AS (
    DELETE FROM taskwire.push_delivery AS delivery USING judged
    WHERE NOT wanted AND (${key('delivery')}) = (${key('judged')})
  )
  UPDATE taskwire.push_delivery AS delivery SET attempts = attempts + 1,
    next_attempt_at = $1::timestamptz + interval '${LEASE_S} s'
  FROM judged WHERE wanted AND (${key('delivery')}) = (${key('judged')})
  RETURNING delivery.subscription_id, endpoint, p256dh, auth, language, shows_title, event, attempts - 1 AS attempts`

export interface PushClaim {
  readonly limit: number
  /** How many of each user are on their way in this process. */
  readonly running: ReadonlyMap<string, number>
}

interface ClaimedRow extends Omit<ReminderPush, 'event'> {
  readonly event: unknown
}

/** Takes pushes that are due. Any replica may call it at any time: no other one gets them meanwhile. */
export async function claimPushes({ sql, now }: Queue, { limit, running }: PushClaim): Promise<ReminderPush[]> {
  const values = [now?.() ?? new Date(), limit, [...running.keys()], [...running.values()]]
  const rows = await runForNoCaller(() => sql<ClaimedRow>({ text: claim, values }))
  return rows.map((row) => ({ ...row, event: reminderEvent.parse(row.event) }))
}

const oneOf = `user_id = $1 AND subscription_id = $2 AND task_id = $3 AND ${rfc3339('remind_at')} = $4`

/** Removes a push that was sent, or never can be. */
export async function removePush({ sql }: Queue, { event, subscription_id }: ReminderPush): Promise<void> {
  const values = [event.user_id, subscription_id, event.task_id, event.remind_at]
  await runForNoCaller(() => sql({ text: `DELETE FROM taskwire.push_delivery WHERE ${oneOf}`, values }))
}

/** When a push that failed is sent again. */
export interface Postponement {
  readonly seconds: number
  /** Whether the push service wants nothing for this browser until then. */
  readonly all: boolean
}

/** Has a push sent again later. */
export async function postponePush(
  { sql, now }: Queue,
  push: ReminderPush,
  { seconds, all }: Postponement,
): Promise<void> {
  const { user_id, task_id, remind_at } = push.event
  const at = new Date((now?.() ?? new Date()).getTime() + seconds * 1000)
  const text = `
    WITH browser AS (
      UPDATE taskwire.push_subscription SET retry_at = $5::timestamptz WHERE user_id = $1 AND id = $2 AND $6::boolean
    )
    UPDATE taskwire.push_delivery SET next_attempt_at = $5::timestamptz WHERE ${oneOf}`
  const values = [user_id, push.subscription_id, task_id, remind_at, at, all]
  await runForNoCaller(() => sql({ text, values }))
}

/** Forgets a browser that the push service no longer knows. */
export async function removeGoneSubscription({ sql }: Queue, push: ReminderPush): Promise<void> {
  // One that the browser has renewed meanwhile has another endpoint.
  const text = 'DELETE FROM taskwire.push_subscription WHERE user_id = $1 AND id = $2 AND endpoint = $3'
  await runForNoCaller(() => sql({ text, values: [push.event.user_id, push.subscription_id, push.endpoint] }))
}
