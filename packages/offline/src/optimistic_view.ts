import type { Task } from '@taskwire/client'
import { applyWrite, type PendingWrite } from './outbox/pending_write.ts'
import { removedSuccessor, successorOf } from './outbox/successor.ts'

/** The tasks as they will be once every waiting write is accepted. */
export function optimisticTasks(confirmed: ReadonlyMap<number, Task>, waiting: readonly PendingWrite[]): Task[] {
  if (waiting.length === 0) return [...confirmed.values()]
  const tasks = new Map(confirmed)
  for (const write of waiting) {
    if (write.withdrawn === true) continue
    const before = tasks.get(write.task_id)
    const task = applyWrite(before, write)
    const successor = successorOf(before, write)
    if (task === undefined) tasks.delete(write.task_id)
    else tasks.set(write.task_id, successor === undefined ? task : { ...task, next_task_id: successor.id })
    if (successor !== undefined) tasks.set(successor.id, successor)
    const removed = tasks.get(removedSuccessor(before, write) ?? Number.NaN)
    if (removed !== undefined && !removed.completed && removed.version <= 1) tasks.delete(removed.id)
  }
  return [...tasks.values()]
}
