import type { Statement } from '@taskwire/db'
import { fragment, joined, prepared, type Fragment } from '../core/statement.ts'
import type { ChangeMetadata } from '../log/write.ts'
import { positionSql } from './position.ts'
import type { LoggedTask } from './schema.ts'
import { list, metadata, partMetadata, written, type LiveTask, type TaskWrite } from './write_sql.ts'

// The statements that undo changes. They have no name, because their text depends on the fields in the entries.

/** A change according to its entry in the log: null for a task that did not exist or was in the trash. */
export interface UndoneChange {
  readonly seq: number
  readonly task_id: number
  readonly before: LoggedTask | null
  readonly after: LoggedTask | null
}

export interface Undo {
  readonly user_id: string
  readonly change: UndoneChange
  /** The versions that the task may have; undefined for any. */
  readonly versions: LiveTask['versions']
}

/**
 * Restores a task to its state before a change, if the fields that callers set still have the change's values. Fields
 * that the entry does not know stay as they are, and so do those that callers do not set and the change left alone, such
 * as the place and the next task. Returns the new version.
 */
export function taskUndo(undo: Undo, changeMetadata: ChangeMetadata): Statement {
  const { left, set } = undoOf(undo)
  return unnamed(
    fragment`UPDATE taskwire.task SET ${list([...set, ...setAll(metadata)])} WHERE ${left} RETURNING version`,
    { undo, metadata: changeMetadata },
  )
}

/**
 * Undoes a change and the one that belongs to it, the later first: both, or neither. Returns the new version of the task
 * of `undo.change`, whose change has the idempotency key.
 */
export function taskPairUndo(undo: Undo, partner: UndoneChange, changeMetadata: ChangeMetadata): Statement {
  const named = { ...undoOf(undo), metadata, answer: true }
  const other = { ...undoOf({ ...undo, change: partner, versions: undefined }), metadata: partMetadata, answer: false }
  const [first, second] = partner.seq > undo.change.seq ? [other, named] : [named, other]
  // The rows are locked in the order of their ids, as everywhere. Only what one update returns orders the other after it.
  return unnamed(
    fragment`WITH locked AS (
      SELECT id FROM taskwire.task WHERE (${first.left}) OR (${second.left}) ORDER BY id FOR UPDATE
    ), matching AS (
      SELECT count(*) AS tasks FROM locked
    ), first AS (
      UPDATE taskwire.task SET ${list([...first.set, ...setAll(first.metadata)])} FROM matching
      WHERE ${first.row} AND matching.tasks = 2 RETURNING task.version AS first_version
    ), second AS (
      UPDATE taskwire.task SET ${list([...second.set, ...setAll(second.metadata)])}, changed_part_of = 1 FROM first
      WHERE ${second.row} RETURNING first_version, task.version AS second_version
    )
    SELECT ${first.answer ? 'first_version' : 'second_version'} AS version FROM second`,
    { undo, metadata: changeMetadata },
  )
}

interface ManyUndone {
  readonly changes: readonly UndoneChange[]
  /** Of all of them. */
  readonly kind: 'created' | 'deleted'
}

const undoMany = `
  WITH undone AS (
    SELECT * FROM unnest($2::int[], $3::int[], $4::int[]) AS undone (task_id, left_version, seq)
  ), matching AS (
    SELECT count(*) AS tasks FROM taskwire.task JOIN undone ON task.id = task_id AND task.version = left_version
    WHERE task.user_id = $1 AND (task.deleted_at IS NULL) = $5::boolean
  )
  UPDATE taskwire.task SET deleted_at = CASE WHEN $5::boolean THEN now() END, changed_via = $6, changed_actor = $7,
    changed_conversation_id = $8, changed_batch = $9, changed_undoes = undone.seq,
    changed_key = CASE WHEN undone.seq = ($4::int[])[1] THEN $10 END, changed_request = CASE WHEN undone.seq = ($4::int[])[1] THEN $11 END
  FROM undone, matching
  WHERE task.user_id = $1 AND task.id = undone.task_id AND matching.tasks = cardinality($2::int[])
  RETURNING task.id`

/** Undoes creations, or deletions, of different tasks that nobody has changed since: all, or none where one was changed. */
export function tasksUndo(user_id: string, { changes, kind }: ManyUndone, metadata: ChangeMetadata): Statement {
  const { changed_via, changed_actor, changed_conversation_id, changed_batch, changed_key, changed_request } = metadata
  const versions = changes.map(({ before, after }) => after?.version ?? (before?.version ?? 0) + 1)
  const tasks = changes.map(({ task_id }) => task_id)
  const seqs = changes.map(({ seq }) => seq)
  const made = [changed_via, changed_actor, changed_conversation_id, changed_batch, changed_key, changed_request]
  return { text: undoMany, values: [user_id, tasks, versions, seqs, kind === 'created', ...made] }
}

/** The row of a change's task, the state that the change left it in, and what restores the state before. */
function undoOf({ user_id, change, versions }: Undo) {
  const { seq, task_id, before, after } = change
  const row = fragment<TaskWrite>`user_id = ${() => user_id} AND id = ${() => task_id}`
  const atVersion = versions === undefined ? [] : [fragment<TaskWrite>`version = ANY(${() => versions}::int[])`]
  // What it deleted is still there in the trash, and may have been restored, changed and deleted again since.
  const conditions = known(after ?? before).flatMap(({ name, isSettable, value }) =>
    isSettable ? [fragment`${name} IS NOT DISTINCT FROM ${value}`] : [],
  )
  const existence = after === null ? ['deleted_at IS NOT NULL'] : ['deleted_at IS NULL']
  const kept = unchanged(before, after)
  const restored = known(before).flatMap(({ name, isSettable, value }) =>
    isSettable || !kept.has(name) ? [fragment`${name} = ${value}`] : [],
  )
  const isMoved = before?.position !== undefined && after?.position !== undefined && before.position !== after.position
  const itsPlace = isMoved ? [fragment<TaskWrite>`${positionSql} = ${() => after.position}`] : []
  const placeBefore = isMoved ? [fragment<TaskWrite>`position = ${() => before.position}`] : []
  return {
    row,
    left: joined([row, ...atVersion, existence, ...conditions, ...itsPlace], ' AND '),
    set: [
      before === null ? ['deleted_at = now()'] : ['deleted_at = NULL'],
      ...restored,
      ...placeBefore,
      fragment<TaskWrite>`changed_undoes = ${() => seq}`,
    ],
  }
}

/** The fields in which two states agree. What only follows from others may have changed since, and so stays as it is. */
function unchanged(before: LoggedTask | null, after: LoggedTask | null): ReadonlySet<string> {
  const left = new Map<string, unknown>(Object.entries(after ?? {}))
  return new Set(Object.entries(before ?? {}).flatMap(([name, value]) => (left.get(name) === value ? [name] : [])))
}

/** The fields that a write sets, as far as an entry of the log knows them. */
function known(task: LoggedTask | null) {
  const values: Readonly<Record<string, unknown>> = task ?? {}
  return written.flatMap(({ name, isSettable, as }) =>
    values[name] === undefined ? [] : [{ name, isSettable, value: as(() => values[name]) }],
  )
}

function setAll(columns: typeof metadata): Fragment<TaskWrite>[] {
  return columns.map(({ column, value }) => fragment`${column} = ${value}`)
}

function unnamed(
  statement: Fragment<TaskWrite>,
  { undo: { user_id, change, versions }, metadata }: { undo: Undo; metadata: ChangeMetadata },
): Statement {
  const { text, values } = prepared('task_undo', statement)
  const task = { user_id, id: change.task_id, versions }
  return { text, values: values({ task, fields: {}, metadata }), pipeline: { lockKey: user_id } }
}
