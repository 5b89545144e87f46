import type { Statement } from '@taskwire/db'
import { fragment, prepared, type Prepared } from '../core/statement.ts'
import type { ChangeMetadata } from '../log/write.ts'
import type { Task } from './schema.ts'
import { liveTaskSelect, taskAsText } from './sql.ts'
import type { Occurrence } from './occurrence.ts'
import {
  assigned,
  list,
  liveRow,
  namesSet,
  partMetadata,
  setMetadata,
  statement,
  userId,
  written,
  type LiveTask,
  type TaskWrite,
  type WrittenFields,
} from './write_sql.ts'

// The statements that complete and reopen a task of a series: two rows, two changes, the second part of the first. Each
// runs on a task that was read, at the version that it had then.

/** A task with what decides how it is completed or reopened. */
export interface TaskInSeries extends Task {
  /** The user's time zone. */
  readonly time_zone: string | null
  /** Whether the next task is as its creation left it; null if there is none. */
  readonly next_is_untouched: boolean | null
  /** Whether another task of the series of a completed one is open. */
  readonly series_is_open: boolean
}

export const taskInSeries = liveTaskSelect(
  'task_in_series',
  `, (SELECT time_zone FROM taskwire.settings WHERE user_id = task.user_id) AS time_zone,
  (SELECT version = 1 AND NOT completed AND deleted_at IS NULL FROM taskwire.task AS next
    WHERE next.user_id = task.user_id AND next.id = task.next_task_id) AS next_is_untouched,
  completed AND EXISTS (SELECT FROM taskwire.task AS other
    WHERE other.user_id = task.user_id AND other.open_series = task.series_id AND other.id <> task.id) AS series_is_open`,
)

/** What the next task has of its own. All other fields that callers set it takes from the completed one. */
export type NextTask = Occurrence & { readonly checklist: readonly object[] }

const own = ['due_date', 'due_at', 'start_date', 'reminders', 'recurrence', 'checklist']
const copied = written.filter(({ name, isSettable }) => isSettable && name !== 'completed' && !own.includes(name))
const given = written
  .filter(({ name }) => own.includes(name))
  .map(({ name, as }) => ({ name, value: as(({ next }) => next?.[name]) }))

const MAX_STATEMENTS = 20
const completions = new Map<string, Prepared<TaskWrite>>()
const reopenings = new Map<string, Prepared<TaskWrite>>()

/** Completes a task and creates the next one of its series. */
export function taskComplete(
  task: LiveTask,
  { fields, next }: { fields: WrittenFields; next: NextTask },
  changeMetadata: ChangeMetadata,
): Statement {
  const write = { task, fields, next: { ...next }, metadata: changeMetadata }
  return statementFor(completions, write, completion)
}

function completion(fields: TaskWrite['fields']): Prepared<TaskWrite> {
  const set = [...assigned(fields), ["next_task_id = nextval('taskwire.task_id_seq')"], setMetadata]
  const columns = [...copied, ...given, ...partMetadata.map(({ column }) => ({ name: column }))].map(({ name }) => name)
  const values = [
    ...copied.map(({ name }) => [name]),
    ...given.map(({ value }) => value),
    ...partMetadata.map(({ value }) => value),
  ]
  return prepared(
    'task_complete',
    fragment<TaskWrite>`WITH done AS (
      UPDATE taskwire.task SET ${list(set)} WHERE ${liveRow} RETURNING task.*
    ), made AS (
      INSERT INTO taskwire.task (user_id, id, series_id, changed_part_of, ${columns.join(', ')})
      SELECT user_id, next_task_id, series_id, 1, ${list(values)} FROM done
    )
    SELECT ${taskAsText} FROM done`,
  )
}

/** Reopens a task and moves the next one of its series to the trash, unless that was changed meanwhile. */
export function taskReopen(task: LiveTask, fields: WrittenFields, changeMetadata: ChangeMetadata): Statement {
  const write = { task, fields: { ...fields, next_task_id: null }, metadata: changeMetadata }
  return statementFor(reopenings, write, reopening)
}

// The row that is reopened is locked before the next one changes, or that could be trashed alone.
function reopening(fields: TaskWrite['fields']): Prepared<TaskWrite> {
  const part = list(partMetadata.map(({ column, value }) => fragment`${column} = ${value}`))
  return prepared(
    'task_reopen',
    fragment<TaskWrite>`WITH locked AS (
      SELECT next_task_id AS next FROM taskwire.task WHERE ${liveRow} FOR UPDATE
    ), trashed AS (
      UPDATE taskwire.task SET deleted_at = now(), ${part} FROM locked
      WHERE task.user_id = ${userId} AND task.id = locked.next
        AND task.deleted_at IS NULL AND NOT task.completed AND task.version = 1
      RETURNING locked.next
    )
    UPDATE taskwire.task SET ${list([...assigned(fields), setMetadata])}, changed_part_of = 1 FROM trashed
    WHERE ${liveRow} RETURNING ${taskAsText}`,
  )
}

/** The statement for a set of fields. Those beyond the first sets have no name, because each plan uses memory. */
function statementFor(
  known: Map<string, Prepared<TaskWrite>>,
  write: TaskWrite,
  prepare: (fields: TaskWrite['fields']) => Prepared<TaskWrite>,
): Statement {
  const names = namesSet(write.fields).join()
  const made = known.get(names) ?? prepare(write.fields)
  const { name, ...unnamed } = statement(made, write)
  if (known.size < MAX_STATEMENTS) known.set(names, made)
  return known.has(names) ? { name, ...unnamed } : unnamed
}
