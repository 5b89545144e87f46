import type { Moment } from '@taskwire/calendar'
import { shortDayName } from './day_name.ts'
import { dueDay, dueTime, type Due } from './due.ts'
import { timeText } from './time_text.ts'

/** When a task is due where the user is, such as "Tomorrow 17:00"; null for a task without a date. */
export function dueText(due: Due, moment: Moment): string | null {
  const day = dueDay(due, moment)
  if (day === null) return null
  const time = dueTime(due, moment)
  const name = shortDayName(day, moment.today)
  return time === null ? name : `${name} ${timeText(time)}`
}
