import { successorId, type PendingWrite } from './pending_write.ts'
import { sentTogether } from './send_batch.ts'

/**
 * The writes that may be sent next, in one call if they were made together: an unresolved conflict holds up later writes
 * on its task and its next occurrences.
 */
export function nextWrites(writes: readonly PendingWrite[]): readonly PendingWrite[] {
  const heldUp = new Set<number>()
  const sendable: PendingWrite[] = []
  for (const write of writes) {
    const isFree = write.conflict === undefined && !heldUp.has(write.task_id)
    if (isFree && (sendable.length === 0 || write.group !== undefined)) sendable.push(write)
    else if (sendable.length > 0) break
    // A task is in one call once.
    heldUp.add(write.task_id)
    heldUp.add(successorId(write) ?? write.task_id)
  }
  return sentTogether(sendable)
}
