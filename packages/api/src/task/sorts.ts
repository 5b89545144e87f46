import type { CursorPart } from '../core/services.ts'
import { positionSql } from './position.ts'
import type { ListedTask } from './schema.ts'

export type SortName = 'created_at' | 'updated_at' | 'title' | 'due_date' | 'priority' | 'completed_at' | 'position'
export type Order = 'asc' | 'desc'

/**
 * An order of tasks: keys that are compared one after the other, all in the same direction, so that a page continues
 * by one comparison of rows. The id comes after them, which makes every order total.
 */
export interface Sort {
  readonly direction: Order
  readonly keys: readonly SortKey[]
}

interface SortKey {
  readonly by: string
  /** The key of a cursor's value, which is given as a parameter. */
  readonly of: (parameter: string) => string
  readonly value: (task: SortedFields) => CursorPart
  /** The fields from which the value is made. */
  readonly reads: readonly (keyof SortedFields)[]
}

/** What the sorts read of a task. */
export type SortedFields = Pick<
  ListedTask,
  'id' | 'title' | 'created_at' | 'updated_at' | 'due_date' | 'due_time' | 'priority' | 'position' | 'completed_at'
>

/** The order in which a list is most useful, for those who name a sort without one. */
export const preferredOrders: Readonly<Record<SortName, Order>> = {
  created_at: 'desc',
  updated_at: 'desc',
  title: 'asc',
  due_date: 'asc',
  priority: 'desc',
  completed_at: 'desc',
  position: 'asc',
}

/**
 * A sort by its name. Tasks that lack the value come last in both orders. `isOpenAndDated`: of tasks that are pending and
 * have a due date, which have an index in its order.
 */
export function sortOf(name: SortName, order: Order, isOpenAndDated = false): Sort {
  switch (name) {
    case 'created_at':
    case 'updated_at':
      return { direction: order, keys: [timeKey(name)] }
    case 'title':
      return { direction: order, keys: [title] }
    case 'due_date':
      return { direction: order, keys: [isOpenAndDated ? openDay : dueDay(lastOf(order)), dueTime] }
    case 'priority':
      // The newest first in both orders, so the levels have to go down in both.
      return { direction: 'desc', keys: [level(order), timeKey('created_at')] }
    case 'completed_at':
      return { direction: order, keys: [completion(lastOf(order))] }
    case 'position':
      return { direction: order, keys: [place] }
  }
}

type Extreme = 'infinity' | '-infinity'

function lastOf(order: Order): Extreme {
  return order === 'asc' ? 'infinity' : '-infinity'
}

function timeKey(name: 'created_at' | 'updated_at'): SortKey {
  return {
    by: `task.${name}`,
    of: (parameter) => `${parameter}::timestamptz`,
    value: (task) => task[name],
    reads: [name],
  }
}

const title: SortKey = {
  // One order in every database, whatever its collation, so that cursors mean the same everywhere.
  by: 'lower(title) COLLATE "C"',
  of: (parameter) => `lower(${parameter}) COLLATE "C"`,
  value: (task) => task.title,
  reads: ['title'],
}

function dueDay(last: Extreme): SortKey {
  return {
    by: `coalesce(task.due_date, '${last}')`,
    of: (parameter) => `${parameter}::date`,
    value: (task) => task.due_date ?? last,
    reads: ['due_date'],
  }
}

/** Equal to `dueDay` where the task is pending and has a due date. */
const openDay: SortKey = {
  by: 'task.open_due',
  of: (parameter) => `${parameter}::date`,
  value: (task) => task.due_date ?? 'infinity',
  reads: ['due_date'],
}

const AFTER_EVERY_TIME = '24:00'

const dueTime: SortKey = {
  by: `coalesce(task.due_time, '${AFTER_EVERY_TIME}') COLLATE "C"`,
  of: (parameter) => `${parameter}::text COLLATE "C"`,
  value: (task) => task.due_time ?? AFTER_EVERY_TIME,
  reads: ['due_time'],
}

function level(order: Order): SortKey {
  const rising = order === 'asc' ? (['high', 'medium', 'low'] as const) : (['low', 'medium', 'high'] as const)
  const cases = rising.map((priority, index) => `WHEN '${priority}' THEN ${index + 1}`)
  return {
    by: `CASE task.priority ${cases.join(' ')} ELSE 0 END`,
    of: (parameter) => `${parameter}::integer`,
    value: ({ priority }) => (priority === null ? 0 : rising.indexOf(priority) + 1),
    reads: ['priority'],
  }
}

const place: SortKey = {
  by: `${positionSql} COLLATE "C"`,
  of: (parameter) => `${parameter} COLLATE "C"`,
  value: (task) => task.position,
  reads: ['position'],
}

function completion(last: Extreme): SortKey {
  return {
    by: `coalesce(task.completed_at, '${last}')`,
    of: (parameter) => `${parameter}::timestamptz`,
    value: (task) => task.completed_at ?? last,
    reads: ['completed_at'],
  }
}
