import { moveDays, quickAdd, type Day, type QuickAddContext } from '@taskwire/calendar'
import type { Filter } from '../command.ts'
import type { KnownTask } from '../tasks.ts'

export interface ListArguments {
  readonly args: Readonly<Record<string, unknown>>
  /** What list_tasks cannot filter by: the day. */
  readonly accepts: (task: KnownTask) => boolean
}

const MAX_READ = 200

/** The arguments of list_tasks for a filter. */
export function listArguments(
  { status, due, day, priority, tag, search }: Filter,
  clock: QuickAddContext,
): ListArguments {
  const days = day === undefined ? undefined : daysOf(day, clock)
  const args = {
    status,
    ...(days !== undefined ? { due: 'any', limit: MAX_READ } : due !== undefined && { due }),
    ...(priority !== undefined && { priority: [priority] }),
    ...(tag !== undefined && { tags: [tag] }),
    ...(search !== undefined && { search }),
  }
  return {
    args,
    accepts: ({ due_date }) =>
      days === undefined || (typeof due_date === 'string' && due_date >= days.first && due_date <= days.last),
  }
}

/** The first and the last day of `tomorrow`, a weekday or `next week`. */
function daysOf(day: string, clock: QuickAddContext): { readonly first: Day; readonly last: Day } {
  const first =
    quickAdd(day === 'tomorrow' || day === 'next week' ? day : `on ${day}`, clock).fields.due_date ?? clock.today
  return { first, last: day === 'next week' ? moveDays(first, 6) : first }
}
