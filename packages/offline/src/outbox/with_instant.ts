import { instantOf, isDay, isTime, isZone } from '@taskwire/calendar'
import type { Task } from '@taskwire/client'

/** The task with the instant at which it is due, as the server computes it. What the server will reject has none. */
export function withInstant(task: Task): Task {
  const { due_date, due_time, due_zone } = task
  const isZoned = due_date !== null && due_time !== null && due_zone !== null
  const isKnown = isZoned && isDay(due_date) && isTime(due_time) && isZone(due_zone)
  return { ...task, due_at: isKnown ? instantOf({ day: due_date, time: due_time }, due_zone).toISOString() : null }
}
