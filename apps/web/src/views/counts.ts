import type { Moment } from '@taskwire/calendar'
import type { RouterOutputs } from '@taskwire/client'
import type { Task } from '../client.ts'
import { isDueToday, isOverdue, isUpcoming } from './due.ts'

/** What `task.counts` answers, and the number of pending tasks that are overdue or due today. */
export type ViewCounts = RouterOutputs['task']['counts'] & { readonly by_today: number }

/** How many tasks there are of each kind, also without a connection. */
export function countTasks(tasks: readonly Task[], moment: Moment): ViewCounts {
  const dated = { overdue: 0, today: 0, upcoming: 0, no_date: 0, by_today: 0 }
  const counts = { all: tasks.length, pending: 0, completed: 0, ...dated }
  const priority = { high: 0, medium: 0, low: 0, none: 0 }
  const tags = new Map<string, number>()
  for (const task of tasks) {
    if (task.completed) {
      counts.completed++
      continue
    }
    counts.pending++
    priority[task.priority ?? 'none']++
    for (const tag of task.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1)
    if (task.due_date === null) {
      counts.no_date++
      continue
    }
    const [late, due] = [isOverdue(task, moment), isDueToday(task, moment)]
    if (late) counts.overdue++
    if (due) counts.today++
    if (late || due) counts.by_today++
    if (isUpcoming(task, moment)) counts.upcoming++
  }
  return { ...counts, priority, tags: mostUsed(tags) }
}

const MAX_TAGS = 200

function mostUsed(tags: ReadonlyMap<string, number>): ViewCounts['tags'] {
  return [...tags]
    .map(([tag, pending]) => ({ tag, pending }))
    .toSorted((a, b) => b.pending - a.pending || (a.tag < b.tag ? -1 : 1))
    .slice(0, MAX_TAGS)
}
