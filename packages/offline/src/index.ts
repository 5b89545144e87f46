export { createReplica, type ReplicaOptions, type TaskReplica } from './replica.ts'
export { openLocalDatabase, type LocalDatabase } from './store/local_database.ts'
export { createUndoStack, type Undone, type UndoStack } from './undo_stack.ts'
export type { Snapshot } from './snapshot.ts'
export type { Connection } from './sync/connection_status.ts'
export {
  applyWrite,
  type Intent,
  type MoveIntent,
  type NextOccurrence,
  type PendingWrite,
} from './outbox/pending_write.ts'
export type { RejectionReason } from './outbox/outbox.ts'
export type { AcceptedWrite } from './outbox/send_write.ts'
export { overrideWithEdit } from './outbox/merge.ts'
export { positionAt, type NewPlace } from './outbox/local_position.ts'
export { zoneOfTask } from './outbox/next_dates.ts'
export { skippedTask } from './outbox/skipped_task.ts'
export {
  differingFields,
  isSameValue,
  settableFields,
  tableShape,
  withDefaults,
  type FieldChanges,
  type FieldValues,
  type SettableField,
} from './task_fields.ts'
export { createEmitter, type Emitter } from './emitter.ts'
export { randomId } from './random_id.ts'
