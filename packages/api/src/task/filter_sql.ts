import type { DueView, WantedPriority } from './inputs/filters.ts'
import type { Moment } from './moment.ts'

/** What of a task's own fields a list demands. Undefined demands nothing. */
export interface Filters {
  readonly due?: DueView | undefined
  readonly due_from?: string | undefined
  readonly due_to?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly priority?: readonly WantedPriority[] | undefined
  readonly started?: boolean | undefined
  readonly series_id?: number | undefined
}

/** Takes a value and returns the parameter that stands for it. */
export type AddParameter = (value: unknown) => string

/** The conditions of a list's filters. `moment` is what those that ask for today mean by it. */
export function filterConditions(filters: Filters, moment: Moment | undefined, parameter: AddParameter): string[] {
  const { due, due_from, due_to, tags, priority, started, series_id } = filters
  const conditions: string[] = []
  if (due !== undefined) conditions.push(dueCondition(due, moment, parameter))
  if (due_from !== undefined) conditions.push(`task.due_date >= ${parameter(due_from)}::date`)
  if (due_to !== undefined) conditions.push(`task.due_date <= ${parameter(due_to)}::date`)
  // What is not empty has an index.
  if (tags !== undefined) conditions.push(`task.tags @> ${parameter(tags)}::text[] AND task.tags <> '{}'`)
  if (priority !== undefined) conditions.push(priorityCondition(priority, parameter))
  if (series_id !== undefined) conditions.push(`task.series_id = ${parameter(series_id)}::int`)
  if (started !== undefined) {
    const today = parameter(known(moment).today)
    conditions.push(
      started ? `(task.start_date IS NULL OR task.start_date <= ${today}::date)` : `task.start_date > ${today}::date`,
    )
  }
  return conditions
}

function dueCondition(due: DueView, moment: Moment | undefined, parameter: AddParameter): string {
  if (due === 'none') return 'task.due_date IS NULL'
  if (due === 'any') return 'task.due_date IS NOT NULL'
  return viewCondition(due, known(moment), parameter)
}

function known(moment: Moment | undefined): Moment {
  if (moment === undefined) throw new TypeError('a filter that asks for today needs a moment')
  return moment
}

/** Whether a list has only tasks whose `open_due` is their due date. */
export function isOpenAndDated({ due, due_from, due_to, completed, trash }: Filters & OpenTasks): boolean {
  if (trash || completed !== false) return false
  return (due !== undefined && due !== 'none') || due_from !== undefined || due_to !== undefined
}

interface OpenTasks {
  readonly trash: boolean
  readonly completed: boolean | undefined
}

/**
 * The days on which the tasks of such a list are due, for the index. They are more than a view allows, because the day of
 * an instant depends on the zone: the view is a condition of its own.
 */
export function openDueConditions(
  { due, due_from, due_to }: Filters,
  moment: Moment | undefined,
  parameter: AddParameter,
): string[] {
  const conditions = ['task.open_due IS NOT NULL']
  const between = (first: string | undefined, last: string | undefined) => {
    if (first !== undefined) conditions.push(`task.open_due >= ${parameter(first)}::date`)
    if (last !== undefined) conditions.push(`task.open_due <= ${parameter(last)}::date`)
  }
  between(due_from, due_to)
  if (due === 'overdue' || due === 'today' || due === 'upcoming') {
    const { now, starts } = known(moment)
    const [from, until] = { overdue: [undefined, now], today: starts, upcoming: starts.slice(1) }[due]
    between(from && dayAt(from, EARLIEST_ZONE), until && dayAt(until, LATEST_ZONE))
  }
  return conditions
}

/** The hours by which the clocks of the last and the first zone differ from UTC. */
const EARLIEST_ZONE = -12
const LATEST_ZONE = 14

function dayAt(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString().slice(0, 10)
}

/** Whether a dated task belongs to a view, whether it is completed or not. */
export function viewCondition(
  view: 'overdue' | 'today' | 'upcoming',
  { now, today, clock, upcoming, starts }: Moment,
  parameter: AddParameter,
): string {
  if (view === 'overdue') {
    const day = parameter(clock.day)
    return `(CASE
      WHEN task.due_at IS NOT NULL THEN task.due_at < ${parameter(now)}::timestamptz
      WHEN task.due_time IS NULL THEN task.due_date < ${parameter(today)}::date
      ELSE task.due_date < ${day}::date
        OR task.due_date = ${day}::date AND task.due_time COLLATE "C" < ${parameter(clock.time)} END)`
  }
  const [from, until] = view === 'today' ? [starts[0], starts[1]] : [starts[1], starts[2]]
  const [first, last] = view === 'today' ? [today, today] : upcoming
  return `(CASE
    WHEN task.due_at IS NOT NULL
      THEN task.due_at >= ${parameter(from)}::timestamptz AND task.due_at < ${parameter(until)}::timestamptz
    ELSE task.due_date BETWEEN ${parameter(first)}::date AND ${parameter(last)}::date END)`
}

function priorityCondition(wanted: readonly WantedPriority[], parameter: AddParameter): string {
  const named = wanted.filter((priority) => priority !== 'none')
  const condition = `task.priority = ANY(${parameter(named)}::text[])`
  return wanted.includes('none') ? `(${condition} OR task.priority IS NULL)` : condition
}
