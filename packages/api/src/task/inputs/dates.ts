import { isDay, isReminder, isTime, isZone } from '@taskwire/calendar'
import { z } from 'zod'

const DATE = 'Must be a date (YYYY-MM-DD)'
const DATE_OF_DATE_TIME = `${DATE}. The time goes into due_time`
const TIME = 'Must be a time (HH:MM, 00:00 to 23:59)'
const ZONE = 'Unknown time zone'
const REMINDER = 'Must be a duration before due (PT30M, P1D) or a local time (2026-12-01T08:00)'
const MAX_REMINDERS = 5

/** A day as `YYYY-MM-DD`, 1900-01-01 to 9999-12-31. */
export const day = z
  .string(DATE)
  .refine(isDay, { error: ({ input }) => dayProblem(String(input), DATE) })
  .meta({ format: 'date' })

/** The day of a task that also has a time: whoever sends both in one learns where the time goes. */
export const dueDay = z
  .string(DATE)
  .refine(isDay, { error: ({ input }) => dayProblem(String(input), DATE_OF_DATE_TIME) })
  .meta({ format: 'date' })

function dayProblem(text: string, dateTimeProblem: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'There is no such day'
  return /^\d{4}-\d\d-\d\d[T ]/.test(text) ? dateTimeProblem : DATE
}

/** A time of day as `HH:MM`. */
export const time = z.string(TIME).refine(isTime, TIME)

/** The IANA name of a time zone, links included, as it is written. */
export const zone = z.string(ZONE).refine(isZone, ZONE)

/** When a task reminds; equal ones count once. */
export const reminders = z
  .array(z.string(REMINDER).refine(isReminder, REMINDER))
  .overwrite((all) => [...new Set(all)])
  .max(MAX_REMINDERS, `At most ${MAX_REMINDERS} reminders`)
