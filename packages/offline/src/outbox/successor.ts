import type { Task } from '@taskwire/client'
import { rebaseWrite, withNeighbour } from './merge.ts'
import { nextDates } from './next_dates.ts'
import { newPosition } from './local_position.ts'
import { successorId, type PendingWrite } from './pending_write.ts'
import { withInstant } from './with_instant.ts'

/**
 * The next occurrence of a recurring task that a waiting write completes, as the server will create it; undefined if
 * there is none.
 */
export function successorOf(task: Task | undefined, { intent, at }: PendingWrite): Task | undefined {
  if (intent.kind !== 'complete' || intent.next === undefined || task === undefined || task.completed) return undefined
  const next = nextDates(task, new Date(at), intent.next.zone)
  if (next === undefined) return undefined
  const time = new Date(at).toISOString()
  return withInstant({
    ...task,
    ...next,
    id: intent.next.id,
    checklist: task.checklist.map((item) => ({ ...item, done: false })),
    created_at: time,
    updated_at: time,
    position: newPosition(at),
    version: 0,
  })
}

/** What the server answers to the completion of a recurring task. */
interface Completion {
  readonly task: Task
  readonly next?: Task
}

/** A waiting write on the provisional next occurrence, once the server has answered which task that is. */
export function rebaseOnSuccessor(
  waiting: PendingWrite,
  completion: PendingWrite,
  { task, next }: Completion,
): PendingWrite {
  const provisional = successorId(completion)
  if (provisional === undefined) return waiting
  if (waiting.task_id !== provisional) return withNeighbour(waiting, provisional, task.next_task_id)
  if (next !== undefined) return rebaseWrite(waiting, { ...completion, task_id: provisional }, next)
  return task.next_task_id === null ? waiting : { ...waiting, task_id: task.next_task_id }
}

/** The task that a waiting write removes beside its own: a next occurrence that nobody has touched. */
export function removedSuccessor(task: Task | undefined, { intent }: PendingWrite): number | undefined {
  if (intent.kind === 'undo') return intent.removes
  return intent.kind === 'reopen' && task?.completed === true ? (task.next_task_id ?? undefined) : undefined
}
