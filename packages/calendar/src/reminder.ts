import { dayNumber, dayText, FIRST_NUMBER, isDay, isTime, LAST_NUMBER, moveDays, type Day } from './day.ts'
import { instantOf } from './zone.ts'

/** A length of time: `days` are calendar days, which daylight saving makes shorter or longer than 24 hours. */
export interface Duration {
  days: number
  minutes: number
}

/** The longest duration, in days. */
export const DURATION_MAX_DAYS = 28

const DURATION = /^P(?!$)(?:(\d{1,5})W|(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?)$/
const LOCAL_TIME = /^(.{10})T(.{5})$/

/**
 * Parses an ISO 8601 duration of minutes, hours, days or weeks, `PT0S` to `P28D`, as RFC 5545 section 3.3.6 writes it
 * (weeks stand alone, capitals, no sign, no fraction). `undefined` for anything else.
 */
export function parseDuration(text: string): Duration | undefined {
  if (text === 'PT0S') return { days: 0, minutes: 0 }
  const match = DURATION.exec(text)
  if (!match) return undefined
  const [weeks, days, hours, minutes] = match.slice(1).map((digits: string | undefined) => Number(digits ?? 0))
  const duration = { days: (weeks ?? 0) * 7 + (days ?? 0), minutes: (hours ?? 0) * 60 + (minutes ?? 0) }
  return duration.days * 1440 + duration.minutes <= DURATION_MAX_DAYS * 1440 ? duration : undefined
}

/** Whether `text` is a reminder: a duration before the due time (`PT30M`, `P1D`) or a local time (`2026-12-01T08:00`). */
export function isReminder(text: string): boolean {
  return isRelativeReminder(text) || absoluteReminder(text) !== undefined
}

/** Whether a reminder counts from the due time, so that it needs a due date. */
export function isRelativeReminder(text: string): boolean {
  return parseDuration(text) !== undefined
}

/** What of a task decides when it reminds. */
export interface Reminding {
  due_date: Day | null
  due_time: string | null
  due_zone: string | null
  reminders: string[]
}

/** The user's settings: their zone (UTC without one) and the time at which a task without a time is due, `HH:MM`. */
export interface ReminderSettings {
  time_zone: string | null
  remind_time: string
}

/**
 * The instants at which a task reminds, ascending, each once. Times are in the task's zone, else the user's. The days of a
 * duration are calendar days (`P1D` is the same time on the day before), its hours and minutes are exact. What is no
 * reminder, or is relative without a due date, is left out.
 *
 * @throws RangeError if the due date, a time or a zone does not exist.
 */
export function reminderInstants(task: Reminding, settings: ReminderSettings): Date[] {
  const instants = task.reminders.flatMap((text) => reminderInstant(text, task, settings) ?? [])
  return [...new Set(instants)].toSorted((a, b) => a - b).map((instant) => new Date(instant))
}

function reminderInstant(text: string, task: Reminding, settings: ReminderSettings): number | undefined {
  const zone = task.due_zone ?? settings.time_zone ?? 'UTC'
  const absolute = absoluteReminder(text)
  if (absolute) return instantOf(absolute, zone).getTime()
  const before = parseDuration(text)
  if (!before || task.due_date === null) return undefined
  const day = dayText(Math.max(dayNumber(task.due_date) - before.days, FIRST_NUMBER))
  return instantOf({ day, time: task.due_time ?? settings.remind_time }, zone).getTime() - before.minutes * 60_000
}

function absoluteReminder(text: string): { day: Day; time: string } | undefined {
  const [, day = '', time = ''] = LOCAL_TIME.exec(text) ?? []
  return isDay(day) && isTime(time) ? { day, time } : undefined
}

/** What moves along with the due date from one occurrence to the next. */
export interface MovingDates {
  start_date: Day | null
  reminders: string[]
}

/**
 * The start date and the reminders of the next occurrence, whose due date is `days` later: relative reminders stay as they
 * are, the start date and local times move along. What would leave the years 1900 to 9999 is dropped.
 */
export function moveDates({ start_date, reminders }: MovingDates, days: number): MovingDates {
  const moved = reminders.flatMap((text) => {
    const absolute = absoluteReminder(text)
    if (!absolute) return [text]
    return canMove(absolute.day, days) ? [`${moveDays(absolute.day, days)}T${absolute.time}`] : []
  })
  return {
    start_date: start_date !== null && canMove(start_date, days) ? moveDays(start_date, days) : null,
    reminders: moved,
  }
}

function canMove(day: Day, days: number): boolean {
  const number = dayNumber(day) + days
  return number >= FIRST_NUMBER && number <= LAST_NUMBER
}
