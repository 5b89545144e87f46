import { parseDuration } from '@taskwire/calendar'
import { z } from 'zod'
import { pageCursor, pageLimit, timestamp } from '../core/fields.ts'
import { taskId } from '../task/schema.ts'

/** A reminder as lists show it. */
export const reminderOutput = z.object({
  task_id: z.int(),
  title: z.string(),
  remind_at: timestamp,
  fired_at: timestamp.nullable(),
  seen_at: timestamp.nullable(),
  late: z
    .boolean()
    .meta({ description: 'More than 60 s after its time. Without fired_at: missed by over a day, and not delivered' }),
})
export type Reminder = z.infer<typeof reminderOutput>

/** A reminder that fires: what live events and webhooks say. */
export const reminderEvent = z.object({
  task_id: z.int(),
  user_id: z.string(),
  title: z.string(),
  due_date: z.string().nullable(),
  due_time: z.string().nullable(),
  due_zone: z.string().nullable(),
  due_at: timestamp.nullable(),
  remind_at: timestamp,
  late: z.boolean().meta({ description: 'More than 60 s after its time' }),
})
export type ReminderEvent = z.infer<typeof reminderEvent>

export const remindersInput = z.strictObject({
  state: z.enum(['upcoming', 'fired']).optional().meta({ description: 'Default: both' }),
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})
export const remindersOutput = z.object({ items: z.array(reminderOutput), next_cursor: z.string().nullable() })

const INSTANT = 'Must be the time of a reminder (2026-12-01T08:00:00.000Z)'
const SNOOZE = 'Must be a duration from now (PT10M, P1D)'

export const updateReminderInput = z
  .strictObject({
    task_id: taskId,
    remind_at: z.iso.datetime({ offset: true, error: INSTANT }),
    seen: z.literal(true, 'Must be true').optional(),
    snooze: z
      .string(SNOOZE)
      .refine((value) => isSnooze(value), SNOOZE)
      .optional()
      .meta({ description: 'How long from now it reminds again: an ISO 8601 duration, one minute to 28 days' }),
  })
  .refine(({ seen, snooze }) => (seen === undefined) !== (snooze === undefined), 'Send either seen or snooze')

function isSnooze(value: string): boolean {
  const duration = parseDuration(value)
  return duration !== undefined && duration.days + duration.minutes > 0
}
