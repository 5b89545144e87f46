import type { Change } from '@taskwire/client'

/** The changes that arrived lately, and the listeners for those that will. */
export interface ChangeBuffer {
  readonly add: (change: Change) => void
  /** The change that brought a task to `version`; null stands for the trash. */
  readonly find: (task_id: number, version: number | null) => Change | undefined
  readonly subscribe: (listener: (change: Change) => void) => () => void
}

const CAPACITY = 1000

export function createChangeBuffer(): ChangeBuffer {
  const listeners = new Set<(change: Change) => void>()
  let changes: Change[] = []
  return {
    add(change) {
      changes.push(change)
      if (changes.length > 2 * CAPACITY) changes = changes.slice(-CAPACITY)
      for (const listener of listeners) listener(change)
    },
    find: (task_id, version) =>
      changes.findLast((change) => change.task_id === task_id && (change.after?.version ?? null) === version),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
