import {
  daysBetween,
  firstDayNotBefore,
  isZone,
  moveDates,
  nextOccurrence,
  parseRule,
  today,
  type CompletionDay,
} from '@taskwire/calendar'
import { dueAt, type Dates } from './dates.ts'
import type { StoredRecurrence } from './inputs/recurrence.ts'
import type { Task } from './schema.ts'

/** When a task is completed or skipped, and the user's zone, which counts for a task that has none. */
export interface Clock {
  readonly now: Date
  readonly time_zone: string | null
}

/** What is different in the next occurrence of a task. */
export type Occurrence = Pick<Task, 'due_date' | 'due_at' | 'start_date' | 'reminders'> & {
  readonly recurrence: StoredRecurrence
}

/** The occurrence after the one that is completed; null if the task does not recur or its rule has ended. */
export function occurrenceAfter(task: Dates, clock: Clock): Occurrence | null {
  return movedOn(task, completionDay(task, clock))
}

/** The occurrence to which skipping moves a task; null if it does not recur or its rule has ended. */
export function skippedTo(task: Dates, clock: Clock): Occurrence | null {
  const day = completionDay(task, clock)
  const occurrence = task.recurrence?.occurrence ?? ''
  // Counted from a day before its own, a task could stay where it is.
  return movedOn(task, { ...day, today: day.today > occurrence ? day.today : occurrence })
}

function movedOn(task: Dates, day: CompletionDay): Occurrence | null {
  const { recurrence, due_date } = task
  if (recurrence === null || due_date === null) return null
  const { rule } = parseRule(recurrence.rule)
  const next = rule && nextOccurrence({ ...recurrence, rule }, day)
  if (next === undefined) return null
  const moved = moveDates(task, daysBetween(due_date, next.occurrence))
  const due = { ...task, ...moved, due_date: next.occurrence }
  return { ...moved, due_date: due.due_date, due_at: dueAt(due), recurrence: { ...recurrence, ...next } }
}

function completionDay({ due_time, due_zone }: Dates, { now, time_zone }: Clock): CompletionDay {
  // One that was stored by a runtime with newer time zone data.
  const zone = [due_zone, time_zone].find((name) => name !== null && isZone(name)) ?? 'UTC'
  return { today: today(zone, now), earliest: firstDayNotBefore(now, zone, due_time ?? undefined) }
}
