import type { Change } from '@taskwire/client'
import type { Intent, PendingWrite } from './pending_write.ts'

/** Undoes a change of the log. */
export function undoIntent({ kind, seq, before, after }: Change): Intent {
  const removes = kind === 'completed' ? after?.next_task_id : undefined
  const position = before?.position === after?.position ? undefined : before?.position
  return { kind: 'undo', seq, before, ...(removes && { removes }), ...(position && { position }) }
}

/** The write that undoes what a withdrawn one has changed. It takes the place of that one. */
export function undoingWrite({ key, at, user_id, tab }: PendingWrite, change: Change): PendingWrite {
  return { key: `${key}-`, at, user_id, tab, task_id: change.task_id, base: null, intent: undoIntent(change) }
}
