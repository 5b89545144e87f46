import { runForNoCaller } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import { rfc3339 } from './event_sql.ts'
import { reminderEvent, type ReminderEvent } from './schema.ts'

/** A reminder that is to be sent by mail. */
export interface ReminderMail {
  /** The confirmed address of the user's account. */
  readonly to: string
  /** IANA name; null is UTC. */
  readonly time_zone: string | null
  readonly event: ReminderEvent
  /** How often it was tried before. */
  readonly attempts: number
}

type Queue = Pick<Services, 'sql' | 'now'>

/** How many mails one claim takes. */
export const MAILS_AT_ONCE = 20
/** A process that dies blocks its mails for this long. */
export const MAIL_LEASE_MINUTES = 10

// What nobody wants any more is removed instead: the task is done, the setting is off, the address is no longer confirmed, or
// the reminder is a day old. Those with few attempts come first, so that failing mails do not hold up the others.
const claim = `
  WITH due AS (
    SELECT user_id, task_id, remind_at FROM taskwire.reminder_mail WHERE next_attempt_at <= $1::timestamptz
    ORDER BY attempts, next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), judged AS (
    SELECT due.*, account.email, time_zone, $1::timestamptz - remind_at <= interval '24 h' AND task.id IS NOT NULL
        AND remind_by_mail AND "emailVerified" AS wanted
    FROM due
      LEFT JOIN taskwire.user AS account ON account.id = due.user_id
      LEFT JOIN taskwire.settings ON settings.user_id = due.user_id
      LEFT JOIN taskwire.task ON task.user_id = due.user_id AND task.id = due.task_id
        AND NOT completed AND deleted_at IS NULL
  ), removed AS (
    DELETE FROM taskwire.reminder_mail AS mail USING judged WHERE wanted IS NOT TRUE
      AND (mail.user_id, mail.task_id, mail.remind_at) = (judged.user_id, judged.task_id, judged.remind_at)
  )
  UPDATE taskwire.reminder_mail AS mail SET attempts = attempts + 1,
    next_attempt_at = $1::timestamptz + interval '${MAIL_LEASE_MINUTES} min'
  FROM judged WHERE wanted
    AND (mail.user_id, mail.task_id, mail.remind_at) = (judged.user_id, judged.task_id, judged.remind_at)
  RETURNING email AS to, time_zone, event, attempts - 1 AS attempts`

interface ClaimedRow extends Omit<ReminderMail, 'event'> {
  readonly event: unknown
}

/** Takes mails that are due, at most 20. Any replica may call it at any time: no other one gets them meanwhile. */
export async function claimReminderMails({ sql, now }: Queue): Promise<ReminderMail[]> {
  const values = [now?.() ?? new Date(), MAILS_AT_ONCE]
  const rows = await runForNoCaller(() => sql<ClaimedRow>({ text: claim, values }))
  return rows.map((row) => ({ ...row, event: reminderEvent.parse(row.event) }))
}

const key = `user_id = $1 AND task_id = $2 AND ${rfc3339('remind_at')} = $3`

/** Removes a mail that was sent, or never can be. */
export async function removeReminderMail({ sql }: Queue, { event }: ReminderMail): Promise<void> {
  const values = [event.user_id, event.task_id, event.remind_at]
  await runForNoCaller(() => sql({ text: `DELETE FROM taskwire.reminder_mail WHERE ${key}`, values }))
}

/** Has a mail sent again after some seconds, unless another process has claimed it meanwhile. */
export async function retryReminderMail({ sql, now }: Queue, mail: ReminderMail, seconds: number): Promise<void> {
  const at = new Date((now?.() ?? new Date()).getTime() + seconds * 1000)
  const { user_id, task_id, remind_at } = mail.event
  const text = `UPDATE taskwire.reminder_mail SET next_attempt_at = $4::timestamptz WHERE ${key} AND attempts = $5`
  await runForNoCaller(() => sql({ text, values: [user_id, task_id, remind_at, at, mail.attempts + 1] }))
}

/** Removes the mails of more than a day ago, which a server without SMTP_URL never sends. */
export async function purgeReminderMails({ sql, now }: Queue): Promise<void> {
  const text = `DELETE FROM taskwire.reminder_mail WHERE remind_at < $1::timestamptz - interval '25 h'`
  await runForNoCaller(() => sql({ text, values: [now?.() ?? new Date()] }))
}

const UNSUBSCRIBE = 'unsubscribe from mail of reminders'

/** What opens the address that turns the mail of a user off, and nothing else. */
export function unsubscribeToken({ cursors }: Pick<Services, 'cursors'>, user_id: string): string {
  return cursors.sign(UNSUBSCRIBE, [user_id])
}

/** Turns mail of reminders off for the user of a token; false where it is nobody's. */
export async function unsubscribe(
  { cursors, sql }: Pick<Services, 'cursors' | 'sql'>,
  token: string,
): Promise<boolean> {
  const [user_id] = cursors.verify(UNSUBSCRIBE, token) ?? []
  if (typeof user_id !== 'string') return false
  const text = 'UPDATE taskwire.settings SET remind_by_mail = false WHERE user_id = $1'
  await runForNoCaller(() => sql({ text, values: [user_id] }))
  return true
}

/** Whether a token was made by `unsubscribeToken`. */
export function isUnsubscribeToken({ cursors }: Pick<Services, 'cursors'>, token: string): boolean {
  return cursors.verify(UNSUBSCRIBE, token) !== null
}
