import type { Task } from '../../client.ts'

/** What the user wants of one task. */
export type Intent =
  | { readonly kind: 'create'; readonly title: string; readonly description: string | null }
  | { readonly kind: 'edit'; readonly title: string; readonly description: string | null }
  | { readonly kind: 'complete' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'undo'; readonly seq: number; readonly before: Task | null }

/** A write that the server has not accepted yet. It is kept over reloads, and sent with its key until it is answered. */
export interface PendingWrite {
  /** The idempotency key: however often the write is sent, it has one effect. */
  readonly key: string
  /** Its place in the queue. */
  readonly at: number
  readonly user_id: string
  /** Negative for a task that the server has not numbered yet. */
  readonly task_id: number
  readonly intent: Intent
  /** The task as the user saw it when an edit began: the version that the edit is meant for. */
  readonly base: Task | null
  /** The tab that sends it. */
  readonly tab: string
  /** Set once another version was found on the server: it waits for the user's choice. */
  readonly conflict?: Task
}

/** The task as it will be once the write is accepted; undefined where it will not exist. */
export function applied(task: Task | undefined, { task_id, user_id, intent, at }: PendingWrite): Task | undefined {
  switch (intent.kind) {
    case 'create': {
      const time = new Date(at).toISOString()
      const { title, description } = intent
      const fields = { completed: false, created_at: time, updated_at: time, version: 0 }
      return { id: task_id, user_id, title, description, ...fields }
    }
    case 'edit':
      return task && { ...task, title: intent.title, description: intent.description }
    case 'complete':
      return task && { ...task, completed: true }
    case 'reopen':
      return task && { ...task, completed: false }
    case 'delete':
      return undefined
    case 'undo': {
      if (intent.before === null) return undefined
      const { title, description, completed } = intent.before
      return { ...(task ?? intent.before), title, description, completed }
    }
  }
}

/** The fields of an edit that differ from what the user saw. */
export function changedFields({ intent, base }: PendingWrite): { title?: string; description?: string | null } {
  if (intent.kind !== 'edit') return {}
  const { title, description } = intent
  return {
    ...(title === base?.title ? {} : { title }),
    ...(description === (base?.description ?? null) ? {} : { description }),
  }
}
