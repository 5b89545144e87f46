import type { Change, Task } from '@taskwire/client'
import { leftVersion } from '../left_version.ts'
import { withDefaults } from '../task_fields.ts'

/** The tasks as the server last confirmed them, whatever the order in which lists, changes and answers arrive. */
export interface Rows {
  readonly tasks: ReadonlyMap<number, Task>
  /** Stores a task unless a later version is known. A task read from this browser need not be saved there again. */
  readonly confirm: (task: Task, source?: 'local') => void
  /** Removes a task unless a version later than `version` is known. */
  readonly remove: (id: number, version: number) => void
  readonly apply: (change: Change) => void
  /** Drops tasks that a fresh list does not contain. What changed after the list was read arrives as changes. */
  readonly retain: (ids: ReadonlySet<number>) => void
  /** Marks rows as not saved yet. */
  readonly markDirty: (ids: readonly number[]) => void
  /** Returns the rows that are not saved yet, and considers them saved. */
  readonly takeDirty: () => { put: Task[]; removed: number[] }
}

export function createRows(): Rows {
  const tasks = new Map<number, Task>()
  // The last version of removed tasks, so that a late answer does not bring them back.
  const removedVersions = new Map<number, number>()
  let dirty = new Set<number>()

  const rows: Rows = {
    tasks,
    confirm(task, source) {
      const known = Math.max(tasks.get(task.id)?.version ?? 0, removedVersions.get(task.id) ?? 0)
      if (known >= task.version) return
      removedVersions.delete(task.id)
      tasks.set(task.id, task)
      if (source !== 'local') dirty.add(task.id)
    },
    remove(id, version) {
      if ((tasks.get(id)?.version ?? 0) > version) return
      tasks.delete(id)
      removedVersions.set(id, Math.max(version, removedVersions.get(id) ?? 0))
      dirty.add(id)
    },
    apply(change) {
      if (change.after === null) rows.remove(change.task_id, leftVersion(change))
      else rows.confirm(withDefaults(change.after))
    },
    retain(ids) {
      for (const id of tasks.keys()) if (!ids.has(id)) tasks.delete(id)
    },
    markDirty(ids) {
      for (const id of ids) dirty.add(id)
    },
    takeDirty() {
      const ids = [...dirty]
      dirty = new Set()
      return {
        put: ids.flatMap((id) => tasks.get(id) ?? []),
        removed: ids.filter((id) => !tasks.has(id)),
      }
    },
  }
  return rows
}
