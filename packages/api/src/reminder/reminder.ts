import { instantOf, isZone, localTime, moveDays, parseDuration } from '@taskwire/calendar'
import type { z } from 'zod'
import { pageOf, verifyCursor } from '../core/page.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { settingsOf } from '../viewer/settings.ts'
import { rfc3339 } from './event_sql.ts'
import { lockReminders, planUser, zones } from './plan.ts'
import type { Reminder, remindersInput, updateReminderInput } from './schema.ts'

const DEFAULT_LIMIT = 50
const MINUTE = 60_000

/** The user's reminders in the order of their times: those to come, and those that have fired or were missed. */
export async function reminderPage(ctx: UserContext, input: z.infer<typeof remindersInput>) {
  const { state, limit = DEFAULT_LIMIT, cursor } = input
  const { services, user_id } = ctx
  const query = JSON.stringify(['reminder.list', user_id, state])
  const [after, task_id] = verifyCursor(ctx, query, cursor) ?? []
  if (cursor === undefined) await planUser(services, user_id)
  const rows = await services.sql<Reminder>({
    text: selectPage,
    values: [user_id, state ?? null, after ?? null, task_id ?? null, limit + 1],
  })
  return pageOf(rows, limit, (last) => services.cursors.sign(query, [last.remind_at, last.task_id]))
}

const columns = `task_id, title, ${rfc3339('remind_at')} AS remind_at, ${rfc3339('fired_at')} AS fired_at,
  ${rfc3339('seen_at')} AS seen_at, late`

const selectPage = `
  SELECT ${columns} FROM taskwire.reminder JOIN taskwire.task ON task.user_id = reminder.user_id AND task.id = task_id
  WHERE reminder.user_id = $1
    AND CASE $2::text WHEN 'upcoming' THEN fire_at IS NOT NULL WHEN 'fired' THEN fired_at IS NOT NULL OR late
      ELSE fire_at IS NOT NULL OR fired_at IS NOT NULL OR late END
    AND ($3::timestamptz IS NULL OR (remind_at, task_id) > ($3::timestamptz, $4::int))
  ORDER BY reminder.remind_at, task_id LIMIT $5`

/** Marks a reminder as seen, or puts it off: then it reminds again, as another one. */
export async function updateReminder(ctx: UserContext, input: z.infer<typeof updateReminderInput>): Promise<Reminder> {
  const { task_id, snooze } = input
  const { services, user_id } = ctx
  const remind_at = new Date(input.remind_at)
  // PostgreSQL reads no other years, and no reminder has one.
  if (remind_at.getUTCFullYear() < 1900 || remind_at.getUTCFullYear() > 9999) throw new ApiError('item_not_found')
  await planUser(services, user_id)
  const now = services.now?.() ?? new Date()
  const again = snooze === undefined ? null : await instantAfter(ctx, now, snooze)
  const values = [user_id, task_id, remind_at]
  const [row] = await services.transact(async (sql) => {
    if (again === null) return sql<Reminder>({ text: markSeen, values: [...values, now] })
    // In a statement before: the next one then sees what another caller has put off meanwhile.
    await lockReminders(sql, [{ user_id, task_id }])
    const [found] = await sql({ text: putOff, values: [...values, now] })
    if (found === undefined) return []
    return sql<Reminder>({ text: remindAgain, values: [...values, again, zones] })
  })
  if (row === undefined) throw new ApiError('item_not_found')
  return row
}

/** The instant a duration after `now`; its days are days of the user's calendar. */
async function instantAfter(ctx: UserContext, now: Date, snooze: string): Promise<Date> {
  const { days, minutes } = parseDuration(snooze) ?? { days: 0, minutes: 0 }
  const { time_zone } = await settingsOf(ctx)
  const zone = time_zone !== null && isZone(time_zone) ? time_zone : 'UTC'
  const { day, time } = localTime(now, zone)
  const moved = instantOf({ day: moveDays(day, days), time }, zone).getTime()
  const shift = days === 0 ? 0 : moved - instantOf({ day, time }, zone).getTime()
  return new Date(now.getTime() + shift + minutes * MINUTE)
}

const listed = '(fire_at IS NOT NULL OR fired_at IS NOT NULL OR late)'

const markSeen = `
  UPDATE taskwire.reminder SET seen_at = coalesce(seen_at, $4::timestamptz) FROM taskwire.task
  WHERE reminder.user_id = $1 AND task_id = $2 AND remind_at = $3::timestamptz AND ${listed}
    AND task.user_id = reminder.user_id AND task.id = task_id
  RETURNING ${columns}`

// Only a task that is pending reminds again. One that was put off before may be put off anew: the last time counts.
const putOff = `
  WITH found AS (
    UPDATE taskwire.reminder SET fire_at = NULL, seen_at = coalesce(seen_at, $4::timestamptz) FROM taskwire.task
    WHERE reminder.user_id = $1 AND task_id = $2 AND remind_at = $3::timestamptz
      AND task.user_id = reminder.user_id AND task.id = task_id AND NOT completed AND deleted_at IS NULL
    RETURNING remind_at
  ), replaced AS (
    DELETE FROM taskwire.reminder WHERE user_id = $1 AND task_id = $2 AND snooze_of = $3::timestamptz AND fired_at IS NULL
  )
  SELECT remind_at FROM found`

const remindAgain = `
  WITH added AS (
    INSERT INTO taskwire.reminder AS here (user_id, task_id, remind_at, snooze_of, fire_at, zones)
    VALUES ($1, $2, $4::timestamptz, $3::timestamptz, $4::timestamptz, $5)
    ON CONFLICT (user_id, task_id, remind_at) DO UPDATE
      SET fire_at = CASE WHEN here.fired_at IS NULL THEN excluded.fire_at END
    RETURNING *
  )
  SELECT ${columns} FROM added JOIN taskwire.task ON task.user_id = added.user_id AND task.id = task_id`
