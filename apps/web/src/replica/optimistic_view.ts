import type { Task } from '../client.ts'
import { applyWrite, type PendingWrite } from './outbox/pending_write.ts'

/** The tasks as they will be once every waiting write is accepted. */
export function optimisticTasks(confirmed: ReadonlyMap<number, Task>, waiting: readonly PendingWrite[]): Task[] {
  if (waiting.length === 0) return [...confirmed.values()]
  const tasks = new Map(confirmed)
  for (const write of waiting) {
    const task = applyWrite(tasks.get(write.task_id), write)
    if (task === undefined) tasks.delete(write.task_id)
    else tasks.set(write.task_id, task)
  }
  return [...tasks.values()]
}
