import { localTime, type Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import type { ListQuery } from '../shell/route.ts'
import { dueDay, isDueToday, isOverdue } from './due.ts'
import { dayName } from './day_name.ts'
import { isMatch } from './match.ts'
import { orderOf, sortOf } from './sorts.ts'
import { t } from '../texts/texts.ts'

/** Tasks that a view shows under one heading. */
export interface TaskGroup {
  readonly key: string
  /** Null for the only group of a view. */
  readonly title: string | null
  readonly tasks: readonly Task[]
  /** The completed tasks below pending ones: only their number shows until they are asked for. */
  readonly isFolded?: boolean
  /** Whether the title names the day on which all of them are due, or were completed. */
  readonly isDay?: boolean
}

export interface Grouping {
  readonly query: ListQuery
  readonly moment: Moment
  /** Completed tasks that still stand where they stood as pending ones. */
  readonly isLingering: (task: Task) => boolean
}

/** The tasks of a view under its headings. A group without tasks is left out. */
export function groupTasks(tasks: readonly Task[], grouping: Grouping): TaskGroup[] {
  const { query, isLingering } = grouping
  const matching = tasks.filter((task) => isMatch(task, query)).toSorted(orderOf(sortOf(query.view, query.sort)))
  const isDone = (task: Task) => task.completed && !isLingering(task)
  const pending = matching.filter((task) => !isDone(task))
  const done = matching.filter(isDone)
  return groupsOf(pending, done, grouping).filter((group) => group.tasks.length > 0)
}

/** Whether the view shows a pending task, or a completed one under its count. */
export function isInView(task: Task, query: ListQuery, moment: Moment): boolean {
  return groupTasks([task], { query, moment, isLingering: () => false }).length > 0
}

function groupsOf(pending: readonly Task[], done: readonly Task[], { query, moment }: Grouping): TaskGroup[] {
  switch (query.view) {
    case 'today':
      return [...todayGroups(pending, moment), folded(doneToday(done, moment), t.list.groups.completedToday)]
    case 'upcoming':
      return upcomingGroups(pending, moment)
    case 'completed':
      return completedGroups([...done, ...pending.filter(({ completed }) => completed)], moment)
    default:
      return [{ key: 'pending', title: null, tasks: pending }, folded(done, t.list.groups.completed)]
  }
}

function folded(tasks: readonly Task[], title: string): TaskGroup {
  return { key: 'done', title, tasks: tasks.toSorted(orderOf('completed')), isFolded: true }
}

function todayGroups(pending: readonly Task[], moment: Moment): TaskGroup[] {
  const today = pending.filter((task) => isDueToday(task, moment))
  const overdue = pending.filter((task) => isOverdue(task, moment) && !isDueToday(task, moment))
  return [
    { key: 'overdue', title: t.list.groups.overdue, tasks: overdue },
    // Without overdue ones the title of the view says it all.
    { key: 'today', title: overdue.length === 0 ? null : t.list.groups.today, tasks: today, isDay: true },
  ]
}

function doneToday(done: readonly Task[], { zone, today }: Moment): Task[] {
  return done.filter(
    ({ completed_at }) => completed_at !== null && localTime(new Date(completed_at), zone).day === today,
  )
}

function upcomingGroups(pending: readonly Task[], moment: Moment): TaskGroup[] {
  const [first, last] = moment.upcoming
  const dayOf = (task: Task) => {
    const day = dueDay(task, moment)
    if (day === null || day < first) return null
    return day > last ? 'later' : day
  }
  return byKey(pending, dayOf)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((group) =>
      group.key === 'later'
        ? { ...group, title: t.list.groups.later }
        : { ...group, title: dayName(group.key, moment.today), isDay: true },
    )
}

function completedGroups(completed: readonly Task[], { zone, today }: Moment): TaskGroup[] {
  const dayOf = ({ completed_at }: Task) =>
    completed_at === null ? 'earlier' : localTime(new Date(completed_at), zone).day
  return byKey(completed, dayOf)
    .toSorted((a, b) => (a.key === 'earlier' ? 1 : b.key === 'earlier' ? -1 : a.key < b.key ? 1 : -1))
    .map((group) =>
      group.key === 'earlier'
        ? { ...group, title: t.list.groups.earlier }
        : { ...group, title: dayName(group.key, today), isDay: true },
    )
}

/** The tasks by their key, which is their group's; those without one are left out. */
function byKey(tasks: readonly Task[], keyOf: (task: Task) => string | null): { key: string; tasks: Task[] }[] {
  const groups = new Map<string, Task[]>()
  for (const task of tasks) {
    const key = keyOf(task)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [task])
    else group.push(task)
  }
  return [...groups].map(([key, members]) => ({ key, tasks: members }))
}
