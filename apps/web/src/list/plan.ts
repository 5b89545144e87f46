import { moveDays } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'
import type { FieldChanges } from '@taskwire/offline'

export type PlanDay = 'today' | 'tomorrow' | 'week' | 'none'

/** The days that are offered for planning a task, by their names. */
export function planDays(today: string): Readonly<Record<PlanDay, string | null>> {
  return { today, tomorrow: moveDays(today, 1), week: moveDays(today, 7), none: null }
}

export function planName(day: PlanDay): string {
  const { today, tomorrow, inAWeek, noDate } = t.list.bulk
  return { today, tomorrow, week: inAWeek, none: noDate }[day]
}

/** The change that gives a task another due date. Without a date there is no time, no zone, and nothing that counts from it. */
export function dueChange(task: Task, due_date: string | null): FieldChanges {
  if (due_date !== null) return { due_date, ...(isAfter(task.start_date, due_date) && { start_date: due_date }) }
  return {
    due_date,
    due_time: null,
    due_zone: null,
    recurrence: null,
    reminders: task.reminders.filter((reminder) => !reminder.startsWith('P')),
  }
}

function isAfter(start: string | null, due: string): boolean {
  return start !== null && start > due
}
