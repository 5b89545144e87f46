import type { Task } from '@taskwire/client'
import { skippedDates } from './next_dates.ts'
import { withInstant } from './with_instant.ts'

/** A recurring task on its next day, as the server will move it; undefined if there is none. */
export function skippedTask(task: Task, now: Date, zone: string): Task | undefined {
  const dates = task.completed ? undefined : skippedDates(task, now, zone)
  return dates && withInstant({ ...task, ...dates })
}
