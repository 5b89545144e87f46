import type { Change } from '@taskwire/client'
import { callSafely } from '../call_safely.ts'
import { leftVersion } from '../left_version.ts'

/** The changes that arrived lately, and the listeners for those that will. */
export interface ChangeBuffer {
  readonly add: (change: Change) => void
  /**
   * The change that left a task at `version`; a deletion counts as one. With null, the latest change of the task if it is
   * a deletion: an earlier one would restore what the task was then.
   */
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
      for (const listener of listeners) callSafely(() => listener(change))
    },
    find(task_id, version) {
      const isMeant = (change: Change) => version === null || leftVersion(change) === version
      const found = changes.findLast((change) => change.task_id === task_id && isMeant(change))
      return version === null && found?.kind !== 'deleted' ? undefined : found
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
