import type { LoggedTask, Task } from '@taskwire/client'
import { settableValues, withDefaults, type FieldChanges } from '../task_fields.ts'
import { newPosition, type NewPlace } from './local_position.ts'
import { skippedTask } from './skipped_task.ts'
import { withInstant } from './with_instant.ts'

type NewFields = FieldChanges & { readonly title: string }

/** What the user wants to happen to one task. */
export type Intent =
  | { readonly kind: 'create'; readonly fields: NewFields }
  /** Names the fields that the user changed, and no others. */
  | { readonly kind: 'edit'; readonly fields: FieldChanges }
  | { readonly kind: 'complete'; readonly next?: NextOccurrence }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'check'; readonly item_id: string; readonly done: boolean }
  | { readonly kind: 'delete' }
  /** Moves a recurring task to its next day, in a zone. */
  | { readonly kind: 'skip'; readonly zone: string }
  | MoveIntent
  | {
      readonly kind: 'undo'
      readonly seq: number
      readonly before: LoggedTask | null
      /** The next occurrence, where the completion of a recurring task is undone. */
      readonly removes?: number
      /** Where the task stood, where a move is undone. */
      readonly position?: string
    }

/** Moves a task in the manual order. */
export interface MoveIntent {
  readonly kind: 'move'
  /** The ids of neighbours are provisional until the server has assigned others. */
  readonly place: NewPlace
  /** Where it goes if the first neighbour does not exist on the server any more. */
  readonly otherwise?: NewPlace
  /** The position that is shown until the server answers. */
  readonly position: string
}

/** What completing a recurring task needs to show the next one, before the server has created it. */
export interface NextOccurrence {
  /** Its provisional id, by which it can be edited and completed at once. */
  readonly id: number
  /** The zone in which the task is completed on a day. */
  readonly zone: string
}

/** A write that the server has not accepted yet. It survives reloads and is sent with its key until it is answered. */
export interface PendingWrite {
  /** The idempotency key: however often the write is sent, it has one effect. */
  readonly key: string
  /** Orders the queue. */
  readonly at: number
  readonly user_id: string
  /** Negative until the server has assigned an id to a new task. */
  readonly task_id: number
  readonly intent: Intent
  /** The task as the user saw it when an edit began: the version that the edit is meant for. */
  readonly base: Task | null
  /** The same for writes that were made together and are sent together. */
  readonly group?: string
  /** The tab that sends it. */
  readonly tab: string
  /** The server's version, if it contradicts this write: the write then waits for the user's choice. */
  readonly conflict?: Task
  /** It was sent and not answered: the server may have accepted it. */
  readonly attempted?: boolean
  /** The user undid it while it was `attempted`: it is sent again to learn what it changed, and that is undone. */
  readonly withdrawn?: boolean
}

/**
 * A new key for a write that is sent again in another form: under the old one the server may remember the request that
 * it refused.
 */
export function revisedKey(key: string): string {
  return `${key}+`
}

/** The key that the write had when it was made. */
export function originalKey({ key }: PendingWrite): string {
  return key.replace(/\++$/, '')
}

/** The provisional id of the task that a write creates beside its own: that of the next occurrence. */
export function successorId({ intent }: PendingWrite): number | undefined {
  return intent.kind === 'complete' ? intent.next?.id : undefined
}

/** The task as it will be once the write is accepted; undefined if it will not exist. */
export function applyWrite(task: Task | undefined, write: PendingWrite): Task | undefined {
  const { intent } = write
  switch (intent.kind) {
    case 'create':
      return newTask(write, intent.fields)
    case 'edit':
      return task && withInstant({ ...task, ...intent.fields })
    case 'complete':
      return task && { ...task, completed: true, completed_at: task.completed_at ?? timeOf(write) }
    case 'reopen':
      return task && { ...task, completed: false, completed_at: null }
    case 'check':
      return task && { ...task, checklist: checked(task.checklist, intent) }
    case 'delete':
      return undefined
    case 'skip':
      return task && (skippedTask(task, new Date(write.at), intent.zone) ?? task)
    case 'move':
      return task && { ...task, position: intent.position }
    case 'undo':
      if (intent.before === null) return undefined
      // A field that the entry of the log lacks keeps its value.
      return withInstant({
        ...(task ?? withDefaults(intent.before)),
        ...restoredValues(intent.before),
        ...(intent.position !== undefined && { position: intent.position }),
      })
  }
}

function checked(
  checklist: Task['checklist'],
  { item_id, done }: { readonly item_id: string; readonly done: boolean },
): Task['checklist'] {
  return checklist.map((item) => (item.id === item_id ? { ...item, done } : item))
}

/** What an undo restores: the fields that callers set, and what follows from them. */
function restoredValues(before: LoggedTask): Partial<Task> {
  return { ...settableValues(before), ...(before.completed_at !== undefined && { completed_at: before.completed_at }) }
}

function newTask(write: PendingWrite, fields: NewFields): Task {
  const { task_id: id, user_id } = write
  const time = timeOf(write)
  const position = newPosition(write.at)
  return withInstant(withDefaults({ ...fields, id, user_id, position, created_at: time, updated_at: time, version: 0 }))
}

function timeOf({ at }: PendingWrite): string {
  return new Date(at).toISOString()
}
