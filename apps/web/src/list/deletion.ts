import type { PendingWrite } from '@taskwire/offline'
import type { Task } from '../client.ts'
import type { Workspace } from '../workspace.ts'

type Undoing = Pick<Workspace, 'replica' | 'undo' | 'undoStack'>

/** What restores a task that was deleted after it had been `base`; undefined where the deletion is not known. */
export function restoring({ replica, undo, undoStack }: Undoing, base: Task): (() => void) | undefined {
  const { rowKey } = replica
  const isOfTask = ({ task_id }: PendingWrite) => rowKey(task_id) === rowKey(base.id)
  const unsent = replica.snapshot().waiting.find((write) => isUnsentDeletion(write) && isOfTask(write))
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
