import type { Change } from '../../client.ts'

/** The changes that went by lately, and those who want to hear of them. */
export interface ChangeBuffer {
  readonly add: (change: Change) => void
  /** The change that brought a task to a version, or into the trash where that is null. */
  readonly changeOf: (task_id: number, version: number | null) => Change | undefined
  readonly subscribe: (listener: (change: Change) => void) => () => void
}

const REMEMBERED = 1000

export function createChangeBuffer(): ChangeBuffer {
  const listeners = new Set<(change: Change) => void>()
  let changes: Change[] = []
  return {
    add(change) {
      changes.push(change)
      if (changes.length > 2 * REMEMBERED) changes = changes.slice(-REMEMBERED)
      for (const listener of listeners) listener(change)
    },
    changeOf: (task_id, version) =>
      changes.findLast((change) => change.task_id === task_id && (change.after?.version ?? null) === version),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
