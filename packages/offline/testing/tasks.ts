import type { Change, Task } from '@taskwire/client'
import { withDefaults } from '../src/task_fields.ts'
import type { Intent, PendingWrite } from '../src/outbox/pending_write.ts'

const time = '2026-01-01T00:00:00.000Z'

/** A task of version 1 with some fields. */
export function taskWith(fields: Partial<Task> = {}): Task {
  return withDefaults({
    id: 1,
    user_id: 'ada',
    title: 'Call',
    created_at: time,
    updated_at: time,
    version: 1,
    ...fields,
  })
}

let writes = 0

/** A write of `task`, made after all that were made before. */
export function writeOf(task: Task, intent: Intent, details: Partial<PendingWrite> = {}): PendingWrite {
  const at = ++writes
  return { key: `key ${at}`, at, user_id: task.user_id, task_id: task.id, tab: 'a', base: task, intent, ...details }
}

/** The entry of the log for a change of a task. */
export function changeOf(seq: number, before: Task | null, after: Task | null): Change {
  const task_id = (after ?? before)?.id ?? 0
  const kind = before === null ? 'created' : after === null ? 'deleted' : 'updated'
  const origin = { via: 'trpc', actor: null, conversation_id: null, undoes: null, part_of: null, batch: null } as const
  return { seq, task_id, kind, before, after, created_at: time, ...origin }
}
