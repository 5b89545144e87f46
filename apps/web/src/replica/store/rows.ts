import type { Change, Task } from '../../client.ts'

/** The tasks as the server last told, whatever the order in which the tellings arrive. */
export interface Rows {
  readonly tasks: ReadonlyMap<number, Task>
  /** Takes a task unless a later version is known. One that this browser has kept need not be kept again. */
  readonly confirm: (task: Task, from?: 'kept') => void
  /** Takes a task away unless a version later than `version` is known. */
  readonly remove: (id: number, version: number) => void
  readonly apply: (change: Change) => void
  /** Forgets what a fresh list does not have; what came after the list was read comes again as changes. */
  readonly keepOnly: (ids: ReadonlySet<number>) => void
  /** Says that rows are to be kept, again. */
  readonly dirty: (ids: readonly number[]) => void
  /** What changed since the last call: for keeping. */
  readonly drain: () => { put: Task[]; gone: number[] }
}

export function createRows(): Rows {
  const tasks = new Map<number, Task>()
  // The last version of tasks that are gone, so that a late answer does not bring them back.
  const gone = new Map<number, number>()
  let dirty = new Set<number>()

  const rows: Rows = {
    tasks,
    confirm(task, from) {
      if ((tasks.get(task.id)?.version ?? 0) >= task.version || (gone.get(task.id) ?? 0) >= task.version) return
      gone.delete(task.id)
      tasks.set(task.id, task)
      if (from !== 'kept') dirty.add(task.id)
    },
    remove(id, version) {
      if ((tasks.get(id)?.version ?? 0) > version) return
      tasks.delete(id)
      gone.set(id, Math.max(version, gone.get(id) ?? 0))
      dirty.add(id)
    },
    apply({ task_id, before, after }) {
      if (after === null) rows.remove(task_id, (before?.version ?? 0) + 1)
      else rows.confirm(after)
    },
    keepOnly(ids) {
      for (const id of tasks.keys()) if (!ids.has(id)) tasks.delete(id)
    },
    dirty(ids) {
      for (const id of ids) dirty.add(id)
    },
    drain() {
      const ids = [...dirty]
      dirty = new Set()
      return {
        put: ids.flatMap((id) => tasks.get(id) ?? []),
        gone: ids.filter((id) => !tasks.has(id)),
      }
    },
  }
  return rows
}
