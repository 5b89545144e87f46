import { LAST_DAY, localTime, type Day, type LocalTime, type Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'

export type Due = Pick<Task, 'due_date' | 'due_time' | 'due_zone' | 'due_at'>

// These three are the server's `due=overdue|today|upcoming`: lists and counts are the same offline.

/** Whether the due date, or its time, is over. */
export function isOverdue({ due_date, due_time, due_at }: Due, { now, today, clock }: Moment): boolean {
  if (due_date === null) return false
  if (due_at !== null) return due_at < now
  if (due_time === null) return due_date < today
  return due_date < clock.day || (due_date === clock.day && due_time < clock.time)
}

export function isDueToday({ due_date, due_at }: Due, { today, starts }: Moment): boolean {
  if (due_at !== null) return due_at >= starts[0] && due_at < starts[1]
  return due_date === today
}

/** Whether it is due on one of the 7 days after today. */
export function isUpcoming({ due_date, due_at }: Due, { upcoming, starts }: Moment): boolean {
  if (due_at !== null) return due_at >= starts[1] && due_at < starts[2]
  return due_date !== null && due_date >= upcoming[0] && due_date <= upcoming[1]
}

/** The day on which a task is due where the user is. */
export function dueDay(due: Due, { zone }: Moment): Day | null {
  return localDue(due, zone)?.day ?? due.due_date
}

/** The time at which a task is due where the user is; null if any time of the day will do. */
export function dueTime(due: Due, { zone }: Moment): string | null {
  return localDue(due, zone)?.time ?? due.due_time
}

/** At either end of the calendar it may be a year elsewhere that no day names: such a task shows what its own zone says. */
function localDue({ due_at }: Due, zone: string): LocalTime | undefined {
  const isNamed = due_at !== null && due_at >= SECOND_DAY && due_at < LAST_DAY
  return isNamed ? localTime(new Date(due_at), zone) : undefined
}

const SECOND_DAY: Day = '1900-01-02'
