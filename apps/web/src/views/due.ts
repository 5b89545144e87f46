import { localTime, type Day, type Moment } from '@taskwire/calendar'
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
export function dueDay({ due_date, due_at }: Due, { zone }: Moment): Day | null {
  return due_at === null ? due_date : localTime(new Date(due_at), zone).day
}

/** The time at which a task is due where the user is; null if any time of the day will do. */
export function dueTime({ due_time, due_at }: Due, { zone }: Moment): string | null {
  return due_at === null ? due_time : localTime(new Date(due_at), zone).time
}
