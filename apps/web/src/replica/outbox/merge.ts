import type { Task } from '../../client.ts'
import { changedFields, type PendingWrite } from './pending_write.ts'

/** A waiting write once an earlier one was accepted: it learns the task's number, and the version that is ours. */
export function onTopOf(waiting: PendingWrite, write: PendingWrite, task: Task): PendingWrite {
  if (waiting.task_id !== write.task_id) return waiting
  const { base } = waiting
  // Only our own write came between: otherwise the server must say that somebody else's did.
  const isOurs = base !== null && task.version === base.version + 1
  if (task.id === waiting.task_id && !isOurs) return waiting
  return { ...waiting, task_id: task.id, base: isOurs ? { ...base, version: task.version } : base }
}

/** An edit that keeps what others changed meanwhile in the fields that it did not touch. */
export function merged(write: PendingWrite, current: Task): PendingWrite {
  const { intent, base } = write
  if (intent.kind !== 'edit' || base === null) return write
  const title = intent.title === base.title ? current.title : intent.title
  const description = intent.description === base.description ? current.description : intent.description
  return { ...write, intent: { ...intent, title, description }, base: current }
}

/** Whether an edit and what happened on the server meanwhile touch different fields, so that both can stand. */
export function isMergeable(write: PendingWrite, current: Task): boolean {
  const { base } = write
  if (base === null) return false
  const mine = changedFields(write)
  return (
    (mine.title === undefined || mine.title === current.title || current.title === base.title) &&
    (mine.description === undefined ||
      mine.description === current.description ||
      current.description === base.description)
  )
}
