import type { Task } from '../client.ts'
import type { View } from '../shell/route.ts'

export const sorts = [
  'manual',
  'newest',
  'oldest',
  'due',
  'priority',
  'changed',
  'completed',
  'title',
  'title_back',
] as const
export type Sort = (typeof sorts)[number]

/** How a view is sorted: as its address says, else as is most useful for it. */
export function sortOf(view: View, sort: string | undefined): Sort {
  if (sort !== undefined && isSort(sort)) return sort
  if (view === 'today' || view === 'upcoming') return 'due'
  return view === 'completed' ? 'completed' : 'manual'
}

export function isSort(value: string): value is Sort {
  return sorts.some((sort) => sort === value)
}

type Order = (a: Task, b: Task) => number

export function orderOf(sort: Sort): Order {
  return orders[sort]
}

const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
/** Tasks without a value come last. */
const nullsLast = (a: string | null, b: string | null) => before(a ?? '\uFFFF', b ?? '\uFFFF')
// A task without an id from the server is the newest.
const idOrder = ({ id }: Task) => (id < 0 ? Number.MAX_SAFE_INTEGER : id)
const created: Order = (a, b) => before(a.created_at, b.created_at) || idOrder(a) - idOrder(b)
const newest: Order = (a, b) => created(b, a)
const title: Order = (a, b) => before(a.title.toLowerCase(), b.title.toLowerCase()) || idOrder(a) - idOrder(b)
const levels = { high: 0, medium: 1, low: 2, none: 3 } as const
const level = ({ priority }: Task) => levels[priority ?? 'none']

const orders: Readonly<Record<Sort, Order>> = {
  // New tasks come first, so without a move this is the same as the newest first.
  manual: (a, b) => before(a.position, b.position) || newest(a, b),
  newest,
  oldest: created,
  due: (a, b) =>
    nullsLast(a.due_date, b.due_date) || nullsLast(a.due_time, b.due_time) || level(a) - level(b) || newest(a, b),
  priority: (a, b) => level(a) - level(b) || newest(a, b),
  changed: (a, b) => before(b.updated_at, a.updated_at) || idOrder(b) - idOrder(a),
  completed: (a, b) => before(b.completed_at ?? '', a.completed_at ?? '') || newest(a, b),
  title,
  title_back: (a, b) => title(b, a),
}
