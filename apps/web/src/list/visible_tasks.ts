import type { Task } from '../client.ts'
import type { View } from '../shell/route.ts'

export const sorts = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  changed: 'Recently updated',
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

/** The tasks of a view whose title or description contains the search text. */
export function visibleTasks(tasks: readonly Task[], view: View, search: string): Task[] {
  const text = search.trim().toLowerCase()
  return tasks.filter((task) => isInView(view, task) && isMatch(task, text))
}

function isInView(view: View, { completed }: Task): boolean {
  return view === 'all' || completed === (view === 'completed')
}

function isMatch({ title, description }: Task, text: string): boolean {
  if (text === '') return true
  return title.toLowerCase().includes(text) || (description?.toLowerCase().includes(text) ?? false)
}

type Order = (a: Task, b: Task) => number
const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
// A task without an id from the server is the newest.
const idOrder = ({ id }: Task) => (id < 0 ? Number.MAX_SAFE_INTEGER : id)
const created: Order = (a, b) => before(a.created_at, b.created_at) || idOrder(a) - idOrder(b)
const title: Order = (a, b) => before(a.title.toLowerCase(), b.title.toLowerCase()) || idOrder(a) - idOrder(b)

const orders: Readonly<Record<Sort, Order>> = {
  newest: (a, b) => created(b, a),
  oldest: created,
  changed: (a, b) => before(b.updated_at, a.updated_at) || idOrder(b) - idOrder(a),
  title,
  title_back: (a, b) => title(b, a),
}

export function counts(tasks: readonly Task[]): { all: number; pending: number; completed: number } {
  const completed = tasks.reduce((count, task) => count + (task.completed ? 1 : 0), 0)
  return { all: tasks.length, pending: tasks.length - completed, completed }
}
