import { daysBetween, firstDayNotBefore, moveDates, nextOccurrence, parseRule, today } from '@taskwire/calendar'
import type { Task } from '../../client.ts'
import { rebaseWrite } from './merge.ts'
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
    version: 0,
  })
}

type NextDates = Pick<Task, 'due_date' | 'start_date' | 'reminders' | 'recurrence'>

function nextDates(task: Task, now: Date, zone: string): NextDates | undefined {
  const { recurrence, due_date, due_time } = task
  if (recurrence === null || due_date === null) return undefined
  const { rule } = parseRule(recurrence.rule)
  const at = { today: today(zone, now), earliest: firstDayNotBefore(now, zone, due_time ?? undefined) }
  const next = rule && nextOccurrence({ ...recurrence, rule }, at)
  if (next === undefined) return undefined
  const moved = moveDates(task, daysBetween(due_date, next.occurrence))
  return { ...moved, due_date: next.occurrence, recurrence: { ...recurrence, ...next } }
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
  if (provisional === undefined || waiting.task_id !== provisional) return waiting
  if (next !== undefined) return rebaseWrite(waiting, { ...completion, task_id: provisional }, next)
  return task.next_task_id === null ? waiting : { ...waiting, task_id: task.next_task_id }
}

/** The task that a waiting write removes beside its own: a next occurrence that nobody has touched. */
export function removedSuccessor(task: Task | undefined, { intent }: PendingWrite): number | undefined {
  if (intent.kind === 'undo') return intent.removes
  return intent.kind === 'reopen' && task?.completed === true ? (task.next_task_id ?? undefined) : undefined
}
