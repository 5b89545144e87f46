import type { Task } from '../client.ts'
import type { View } from '../shell/route.ts'

export const sorts = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  changed: 'Last changed',
  title: 'Title A to Z',
  title_back: 'Title Z to A',
} as const
export type Sort = keyof typeof sorts

export function isSort(value: string): value is Sort {
  return Object.hasOwn(sorts, value)
}

export function inOrder(tasks: readonly Task[], sort: Sort): Task[] {
  return tasks.toSorted(orders[sort])
}

/** The tasks that a view shows: those of the status, with the text in title or description. */
export function visibleTasks(tasks: readonly Task[], view: View, search: string): Task[] {
  const text = search.trim().toLowerCase()
  return tasks.filter((task) => isOf(view, task) && isMatch(task, text))
}

function isOf(view: View, { completed }: Task): boolean {
  return view === 'all' || completed === (view === 'completed')
}

function isMatch({ title, description }: Task, text: string): boolean {
  if (text === '') return true
  return title.toLowerCase().includes(text) || (description?.toLowerCase().includes(text) ?? false)
}

type Order = (a: Task, b: Task) => number
const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
// What has no number yet is the newest.
const number = ({ id }: Task) => (id < 0 ? Number.MAX_SAFE_INTEGER : id)
const created: Order = (a, b) => before(a.created_at, b.created_at) || number(a) - number(b)
const title: Order = (a, b) => before(a.title.toLowerCase(), b.title.toLowerCase()) || number(a) - number(b)

const orders: Readonly<Record<Sort, Order>> = {
  newest: (a, b) => created(b, a),
  oldest: created,
  changed: (a, b) => before(b.updated_at, a.updated_at) || number(b) - number(a),
  title,
  title_back: (a, b) => title(b, a),
}

export function counts(tasks: readonly Task[]): { all: number; pending: number; completed: number } {
  const completed = tasks.reduce((count, task) => count + (task.completed ? 1 : 0), 0)
  return { all: tasks.length, pending: tasks.length - completed, completed }
}
