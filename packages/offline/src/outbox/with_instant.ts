import { instantOf, isZone } from '@taskwire/calendar'
import type { Task } from '@taskwire/client'

/** The task with the instant at which it is due, as the server computes it. */
export function withInstant(task: Task): Task {
  const { due_date, due_time, due_zone } = task
  const isZoned = due_date !== null && due_time !== null && due_zone !== null && isZone(due_zone)
  return { ...task, due_at: isZoned ? instantOf({ day: due_date, time: due_time }, due_zone).toISOString() : null }
}
