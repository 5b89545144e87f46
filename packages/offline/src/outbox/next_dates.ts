import {
  daysBetween,
  firstDayNotBefore,
  isDay,
  isTime,
  isZone,
  moveDates,
  nextOccurrence,
  parseRule,
  today,
} from '@taskwire/calendar'
import type { Task } from '@taskwire/client'

type NextDates = Pick<Task, 'due_date' | 'start_date' | 'reminders' | 'recurrence'>

/** The dates of the next occurrence of a recurring task as of `now`; undefined if its rule has ended. */
export function nextDates(task: Task, now: Date, zone: string): NextDates | undefined {
  const day = today(zone, now)
  return datesFrom(task, { day, now, zone })
}

/** The dates to which a recurring task is skipped: never those that it has. */
export function skippedDates(task: Task, now: Date, zone: string): NextDates | undefined {
  const { occurrence = '' } = task.recurrence ?? {}
  const day = today(zone, now)
  return datesFrom(task, { day: day > occurrence ? day : occurrence, now, zone })
}

interface At {
  readonly day: string
  readonly now: Date
  readonly zone: string
}

function datesFrom(task: Task, { day, now, zone }: At): NextDates | undefined {
  const { recurrence, due_date, start_date, due_time } = task
  if (recurrence === null || due_date === null) return undefined
  // An edit that the server will reject may have given it days that do not exist.
  const days = [due_date, start_date ?? due_date, recurrence.start, recurrence.occurrence]
  if (!days.every(isDay) || (due_time !== null && !isTime(due_time))) return undefined
  const { rule } = parseRule(recurrence.rule)
  const at = { today: day, earliest: firstDayNotBefore(now, zone, due_time ?? undefined) }
  const next = rule && nextOccurrence({ ...recurrence, rule }, at)
  if (next === undefined) return undefined
  const moved = moveDates(task, daysBetween(due_date, next.occurrence))
  return { ...moved, due_date: next.occurrence, recurrence: { ...recurrence, ...next } }
}

/** The zone in which a task recurs: its own, else the one that the user has set. */
export function zoneOfTask({ due_zone }: Task, time_zone: string | null): string {
  return [due_zone, time_zone].find((name) => name !== null && isZone(name)) ?? 'UTC'
}
