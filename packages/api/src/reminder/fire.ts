import { runForNoCaller, type Sql } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import { eventObject, rfc3339 } from './event_sql.ts'
import { reminderEvent, type ReminderEvent } from './schema.ts'

/** How many reminders one statement fires. */
export const FIRED_AT_ONCE = 200
/** A user with so many mails that still wait gets no more: mail that comes hours late helps nobody. */
const MAILS_PER_USER = 100
/** As much for the pushes that wait for a browser. */
const PUSHES_PER_BROWSER = 100

const late = `$1::timestamptz - reminder.remind_at > interval '60 s'`
const misses = `$1::timestamptz - reminder.remind_at > interval '24 h'`
const wantsReminders = `enabled AND 'reminder' = ANY(events)`

// Each instant fires in one transaction, which also queues it for the webhooks, the mail and the pushes. A task that is to be planned again waits
// for that, and one that is no longer pending fires nothing. While a webhook is being deleted the reminders of its user stay due: with a delivery
// to it the statement would wait for the deletion, and hold up the reminders of everybody.
const fire = `
  WITH due AS (
    SELECT user_id, task_id, remind_at FROM taskwire.reminder
    WHERE fire_at <= $1::timestamptz AND NOT EXISTS (
      SELECT FROM taskwire.unplanned_task AS unplanned
      WHERE unplanned.user_id = reminder.user_id AND unplanned.task_id = reminder.task_id)
    ORDER BY fire_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), hooks AS (
    SELECT user_id, id FROM taskwire.webhook
    WHERE user_id IN (SELECT user_id FROM due) AND ${wantsReminders} FOR KEY SHARE SKIP LOCKED
  ), judged AS (
    SELECT reminder.user_id, reminder.task_id, reminder.remind_at, task.id IS NOT NULL AS is_open, ${misses} AS misses,
      ${late} AS late, ${eventObject(late)} AS event
    FROM due AS reminder LEFT JOIN taskwire.task ON task.user_id = reminder.user_id AND task.id = reminder.task_id
      AND NOT completed AND deleted_at IS NULL
    WHERE NOT EXISTS (
      SELECT FROM taskwire.webhook WHERE user_id = reminder.user_id AND ${wantsReminders}
        AND (user_id, id) NOT IN (SELECT user_id, id FROM hooks))
  ), marked AS (
    UPDATE taskwire.reminder SET fire_at = NULL, late = is_open AND judged.late,
      fired_at = CASE WHEN is_open AND NOT misses THEN $1::timestamptz END,
      announced_at = CASE WHEN is_open AND NOT misses THEN clock_timestamp() END
    FROM judged
    WHERE reminder.user_id = judged.user_id AND reminder.task_id = judged.task_id
      AND reminder.remind_at = judged.remind_at
  ), queued AS (
    INSERT INTO taskwire.webhook_delivery (user_id, webhook_id, event_key, type, payload, queued, status, next_attempt_at)
    SELECT hook.user_id, hook.id, format('reminder:%s:%s', task_id, ${rfc3339('remind_at')}), 'reminder.due', event, true,
      'pending', $1::timestamptz
    FROM judged JOIN hooks AS hook ON hook.user_id = judged.user_id
    WHERE is_open AND NOT misses
    ON CONFLICT DO NOTHING
  ), mailed AS (
    INSERT INTO taskwire.reminder_mail (user_id, task_id, remind_at, event, next_attempt_at)
    SELECT account.id, task_id, remind_at, event, $1::timestamptz
    FROM judged JOIN taskwire.settings ON settings.user_id = judged.user_id AND remind_by_mail
      JOIN taskwire.user AS account ON account.id = judged.user_id AND "emailVerified"
    WHERE is_open AND NOT misses
      AND (SELECT count(*) FROM taskwire.reminder_mail AS waiting WHERE waiting.user_id = account.id) < ${MAILS_PER_USER}
    FOR KEY SHARE OF account SKIP LOCKED
    ON CONFLICT DO NOTHING
  ), pushed AS (
    INSERT INTO taskwire.push_delivery (user_id, subscription_id, task_id, remind_at, event, next_attempt_at)
    SELECT browser.user_id, browser.id, task_id, remind_at, event, $1::timestamptz
    FROM judged JOIN taskwire.push_subscription AS browser ON browser.user_id = judged.user_id
    WHERE is_open AND NOT misses
      AND (SELECT count(*) FROM taskwire.push_delivery AS waiting
        WHERE waiting.user_id = browser.user_id AND waiting.subscription_id = browser.id) < ${PUSHES_PER_BROWSER}
    FOR KEY SHARE OF browser SKIP LOCKED
    ON CONFLICT DO NOTHING
  )
  SELECT is_open AND NOT misses AS fires, event FROM judged`

export interface Fired {
  /** How many were due: those that fired, and those that were missed by more than a day or whose task is done. */
  readonly due: number
  readonly events: readonly ReminderEvent[]
}

/** Fires reminders that are due, at most 200. Any replica may call it at any time: each reminder fires once. */
export async function fireReminders({ sql, now }: Pick<Services, 'sql' | 'now'>): Promise<Fired> {
  const rows = await runForNoCaller(() => dueRows(sql, now?.() ?? new Date()))
  return { due: rows.length, events: rows.filter(({ fires }) => fires).map(({ event }) => reminderEvent.parse(event)) }
}

function dueRows(sql: Sql, now: Date) {
  return sql<{ fires: boolean; event: unknown }>({ text: fire, values: [now, FIRED_AT_ONCE] })
}
