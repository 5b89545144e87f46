import type { Statement } from '@taskwire/db'
import type { UserContext } from '../core/trpc.ts'
import type { ChangeMetadata } from '../log/write.ts'
import { datesWritten, fieldsWritten, isDated, type StoredFields } from './dates.ts'
import type { TaskFields } from './schema.ts'
import { occurrenceAfter } from './occurrence.ts'
import { taskComplete, taskReopen, type NextTask, type TaskInSeries } from './series_sql.ts'
import { taskUpdate, type LiveTask } from './write_sql.ts'

/** A write on a task that was read. */
export interface ReadWrite {
  readonly before: TaskInSeries
  /** Valid for the task as it was read. */
  readonly fields: TaskFields
  readonly task: LiveTask
}

/**
 * The statement that sets fields of a task that was read. Completing a task of a series creates the next one, reopening
 * it moves that one to the trash. No row matches where the task has changed meanwhile so that this would be another write.
 */
export function statementSetting(
  ctx: UserContext,
  { before, fields, task }: ReadWrite,
  metadata: ChangeMetadata,
): Statement {
  const written = fieldsWritten(fields, before)
  // Other fields may change meanwhile.
  if (fields.completed === undefined) return taskUpdate({ ...task, judged_by: before }, written, metadata)
  const asRead: LiveTask = { ...task, versions: [before.version], judged_by: 'version' }
  if (fields.completed === before.completed) return taskUpdate(asRead, written, metadata)
  if (!fields.completed) return reopening({ before, fields: written, task: asRead }, metadata)
  const next = nextTask(ctx, before, fields)
  if (next === null) return taskUpdate(asRead, written, metadata)
  return taskComplete(asRead, { fields: written, next }, metadata)
}

/** What follows when a task is completed by a write; null where nothing does. */
function nextTask(ctx: UserContext, before: TaskInSeries, fields: TaskFields): NextTask | null {
  const dates = isDated(fields) ? { ...before, ...datesWritten(fields, before) } : before
  const next = occurrenceAfter(dates, { now: nowOf(ctx), time_zone: before.time_zone })
  const checklist = fields.checklist ?? before.checklist
  return next && { ...next, checklist: checklist.map((item) => ({ ...item, done: false })) }
}

interface Reopening {
  readonly before: TaskInSeries
  readonly fields: StoredFields
  readonly task: LiveTask
}

/** Without a next task that it could replace, the reopened one leaves its series: there may be no second open one. */
function reopening({ before, fields, task }: Reopening, metadata: ChangeMetadata): Statement {
  if (before.recurrence === null) return taskUpdate(task, { ...fields, next_task_id: null }, metadata)
  if (before.next_is_untouched === true) return taskReopen(task, fields, metadata)
  if (stillStands(before)) return taskUpdate(task, fields, metadata)
  // One that is sent back as it is, is not set.
  const recurrence = fields.recurrence === before.recurrence ? null : (fields.recurrence ?? null)
  return taskUpdate(task, { ...fields, recurrence, series_id: null, next_task_id: null }, metadata)
}

/** Whether a task was never completed as one of its series, but created so or imported: its rule goes on with it. */
function stillStands(before: TaskInSeries): boolean {
  const { next_task_id, series_is_open, completed_at, time_zone } = before
  if (next_task_id !== null || series_is_open || completed_at === null) return false
  return occurrenceAfter(before, { now: new Date(completed_at), time_zone }) !== null
}

export function nowOf(ctx: UserContext): Date {
  return ctx.services.now?.() ?? new Date()
}
