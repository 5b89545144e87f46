import { daysBetween, localTime } from '@taskwire/calendar'
import type { ListedTask, ListInput } from '../src/task/schema.ts'

/** What a list must answer, worked out from all tasks one by one: the definition, as naively as it can be written. */
export function expectedList(tasks: readonly ListedTask[], input: ListInput, now: Date, zone: string): ListedTask[] {
  const isWanted = [byStatus(input), bySearch(input), byDue(input, now, zone), byFields(input, now, zone)]
  return tasks.filter((task) => isWanted.every((fits) => fits(task))).toSorted(comparing(input))
}

type Fits = (task: ListedTask) => boolean

function byStatus({ status, completed, due }: ListInput): Fits {
  const isView = due !== undefined && due !== 'none' && due !== 'any'
  return (task) => {
    if ((task.deleted_at !== undefined) !== (status === 'deleted')) return false
    if (status === 'pending' && task.completed) return false
    if (status === 'completed' && !task.completed) return false
    if (status === undefined && completed === undefined && isView && task.completed) return false
    return completed === undefined || task.completed === completed
  }
}

function bySearch({ search = '' }: ListInput): Fits {
  return ({ title }) => title.toLowerCase().includes(search.toLowerCase())
}

function byDue({ due, due_from, due_to }: ListInput, now: Date, zone: string): Fits {
  return (task) => {
    if (due_from !== undefined && (task.due_date ?? '') < due_from) return false
    if (due_to !== undefined && (task.due_date ?? '9999-12-32') > due_to) return false
    if (due === undefined) return true
    if (task.due_date === null) return due === 'none'
    if (due === 'none' || due === 'any') return due === 'any'
    return due === 'overdue' ? isOverdue(task, now, zone) : isInDays(task, due, localTime(now, zone).day, zone)
  }
}

function isOverdue({ due_date, due_time, due_at }: ListedTask, now: Date, zone: string): boolean {
  if (due_at !== null) return Date.parse(due_at) < now.getTime()
  const { day, time } = localTime(now, zone)
  if (due_time === null) return String(due_date) < day
  const clock = `${day} ${time}:${now.toISOString().slice(17)}`
  return `${due_date} ${due_time}:00.000Z` < clock
}

function isInDays({ due_date, due_at }: ListedTask, view: 'today' | 'upcoming', today: string, zone: string): boolean {
  const day = due_at === null ? String(due_date) : localTime(new Date(due_at), zone).day
  const days = daysBetween(today, day)
  return view === 'today' ? days === 0 : days >= 1 && days <= 7
}

function byFields({ tags = [], priority = [], started }: ListInput, now: Date, zone: string): Fits {
  return (task) => {
    if (!tags.every((tag) => task.tags.includes(tag.toLowerCase()))) return false
    if (priority.length > 0 && !priority.includes(task.priority ?? 'none')) return false
    const hasStarted = task.start_date === null || task.start_date <= localTime(now, zone).day
    return started === undefined || hasStarted === started
  }
}

function comparing({ sort = 'created_at', order }: ListInput): (a: ListedTask, b: ListedTask) => number {
  const isAscending =
    order === undefined ? sort === 'title' || sort === 'due_date' || sort === 'position' : order === 'asc'
  const sign = isAscending ? 1 : -1
  switch (sort) {
    case 'title':
      return (a, b) => sign * (compared(a.title.toLowerCase(), b.title.toLowerCase()) || a.id - b.id)
    case 'due_date':
      return (a, b) => lackingLast(a.due_date, b.due_date) || sign * (compared(dueKey(a), dueKey(b)) || a.id - b.id)
    case 'completed_at':
      return (a, b) =>
        lackingLast(a.completed_at, b.completed_at) ||
        sign * (compared(a.completed_at ?? '', b.completed_at ?? '') || a.id - b.id)
    case 'position':
      return (a, b) => sign * compared(a.position, b.position)
    case 'priority':
      return (a, b) =>
        lackingLast(a.priority, b.priority) || sign * (level(a.priority) - level(b.priority)) || newest(a, b)
    default: {
      const by = sort === 'updated_at' ? 'updated_at' : 'created_at'
      return (a, b) => sign * (compared(a[by], b[by]) || a.id - b.id)
    }
  }
}

function newest(a: ListedTask, b: ListedTask): number {
  return compared(b.created_at, a.created_at) || b.id - a.id
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function lackingLast(a: unknown, b: unknown): number {
  return Number(a === null) - Number(b === null)
}

function dueKey({ due_date, due_time }: ListedTask): string {
  return due_date === null ? '' : `${due_date} ${due_time ?? 'none'}`
}

function level(priority: ListedTask['priority']): number {
  return ['low', 'medium', 'high'].indexOf(priority ?? '')
}
