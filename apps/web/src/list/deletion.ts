import type { PendingWrite } from '@taskwire/offline'
import type { Task } from '../client.ts'
import type { Workspace } from '../workspace.ts'

type Undoing = Pick<Workspace, 'replica' | 'undo' | 'undoStack'>

/** The deletion of a task that the server has not answered yet. Undoing it restores the task. */
export function unsentDeletionOf(
  { snapshot, rowKey }: Workspace['replica'],
  task_id: number,
): PendingWrite | undefined {
  // A task may have had another id when the write was made.
  return snapshot().waiting.find((write) => isUnsentDeletion(write) && rowKey(write.task_id) === rowKey(task_id))
}

/** What restores a task that was deleted after it had been `base`; undefined where the deletion is not known. */
export function restoring({ replica, undo, undoStack }: Undoing, base: Task): (() => void) | undefined {
  const unsent = unsentDeletionOf(replica, base.id)
  if (unsent !== undefined) return () => void undo([unsent])
  const deletion = replica.findChange(base.id, null)
  // One before that would restore what the task was then.
  if (deletion === undefined || (deletion.before?.version ?? 0) < base.version) return undefined
  return () => undoStack.undoChange(deletion)
}

/** Whether the write deletes its task, and the user has not taken that back. */
export function isUnsentDeletion({ intent, withdrawn }: PendingWrite): boolean {
  return intent.kind === 'delete' && withdrawn !== true
}
