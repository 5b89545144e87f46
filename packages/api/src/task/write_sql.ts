import type { Statement } from '@taskwire/db'
import { fragment, joined, prepared, type Fragment, type Prepared } from '../core/statement.ts'
import type { ChangeMetadata } from '../log/write.ts'
import { columnType } from './columns.ts'
import { writtenFields } from './fields.ts'
import { isDatedField, type Dates, type StoredFields } from './dates.ts'
import type { Task } from './schema.ts'
import { taskAsText } from './sql.ts'

// The statements that write a task and return it as text. Each changes one row, whose trigger writes the log. See `sql.ts`.

/** A live task of one user, at one of the wanted versions if any are given. */
export interface LiveTask {
  readonly user_id: string
  readonly id: number
  readonly versions: readonly number[] | undefined
  /**
   * What the write was judged by, if the task was read before: the dates that it still has to have, or its version, which
   * is then the one in `versions`.
   */
  readonly judged_by?: Dates | 'version' | undefined
}

/** The values that a write sets: those that callers sent, and those that follow from them. */
export type WrittenFields = StoredFields & Partial<Pick<Task, 'series_id' | 'next_task_id'>>

/** The values of a write's parameters. */
export interface TaskWrite {
  readonly task: LiveTask
  readonly fields: Readonly<Record<string, unknown>>
  readonly metadata: ChangeMetadata
  /** What the next task of the series has of its own. */
  readonly next?: Readonly<Record<string, unknown>> | undefined
}

export const userId = ({ task }: TaskWrite) => task.user_id
const taskId = ({ task }: TaskWrite) => task.id
const versions = ({ task }: TaskWrite) => task.versions

export const itsRow = fragment<TaskWrite>`user_id = ${userId} AND id = ${taskId}
  AND (${versions}::int[] IS NULL OR version = ANY(${versions}::int[]))`
export const liveRow = fragment`${itsRow} AND deleted_at IS NULL`

export const metadata = (
  [
    'changed_via',
    'changed_actor',
    'changed_key',
    'changed_request',
    'changed_conversation_id',
    'changed_batch',
  ] as const
).map((column) => ({ column, value: fragment<TaskWrite>`${(write) => write.metadata[column]}` }))
export const setMetadata = setTo(metadata)

/** What every write has, and mostly alone: without a key, a conversation and a batch. */
const usualMetadata = metadata.filter(({ column }) => column === 'changed_via' || column === 'changed_actor')
const otherMetadata = metadata.filter((one) => !usualMetadata.includes(one))

function metadataOf({ metadata: made }: TaskWrite): typeof metadata {
  return otherMetadata.every(({ column }) => made[column] === null) ? usualMetadata : metadata
}

function setTo(columns: typeof metadata): Fragment<TaskWrite> {
  return list(columns.map(({ column, value }) => fragment`${column} = ${value}`))
}

/** The metadata of a change that comes with another. Only one of them has the idempotency key. */
export const partMetadata = metadata.filter(({ column }) => column !== 'changed_key' && column !== 'changed_request')

/** The fields that a write sets, each with its value as a parameter. */
export const written = writtenFields.map(({ name, field }) => {
  const { parameter = (value: unknown) => value } = columnType(field.column)
  const parameterOf = (value: unknown) => (value === null || value === undefined ? value : parameter(value))
  const as = (value: (write: TaskWrite) => unknown) =>
    fragment<TaskWrite>`${(write) => parameterOf(value(write))}::${field.column}`
  return {
    name,
    isSettable: field.input !== undefined,
    as,
    sent: as(({ fields }) => fields[name]),
    sentOrDefault: as(({ fields }) => (fields[name] === undefined ? field.default : fields[name])),
  }
})

/**
 * How many sets of fields have an insert, and how many an update of their own: each parameter that is not sent spares
 * both processes work.
 */
const MAX_SETS = 25
const inserts = new Map<string, Prepared<TaskWrite>>()
const insertOfAny = insertStatement(written, metadata)

/** A new task; fields that are left out take their default, which the column has too. */
export function taskInsert(user_id: string, fields: WrittenFields, metadata: ChangeMetadata): Statement {
  const write = { task: { user_id, id: 0, versions: undefined }, fields, metadata }
  return statement(insertOf(write), write)
}

function insertOf(write: TaskWrite): Prepared<TaskWrite> {
  const columns = metadataOf(write)
  const names = setOf(write.fields, columns.length)
  const known = inserts.get(names)
  if (known !== undefined) return known
  if (inserts.size >= MAX_SETS) return insertOfAny
  const made = insertStatement(
    written.filter(({ name }) => write.fields[name] !== undefined),
    columns,
  )
  inserts.set(names, made)
  return made
}

function insertStatement(fields: typeof written, columns: typeof metadata): Prepared<TaskWrite> {
  const names = ['user_id', ...fields.map(({ name }) => name), ...columns.map(({ column }) => column)]
  const values = [[userId], ...fields.map(({ sentOrDefault }) => sentOrDefault), ...columns.map(({ value }) => value)]
  return prepared(
    'task_insert',
    fragment`INSERT INTO taskwire.task (${names.join(', ')}) VALUES (${list(values)}) RETURNING ${taskAsText}`,
  )
}

const sameDates = joined(
  written.flatMap(({ name, as }) =>
    isDatedField(name)
      ? [fragment<TaskWrite>`${name} IS NOT DISTINCT FROM ${as((write) => judgingDates(write)?.[name])}`]
      : [],
  ),
  ' AND ',
)

function judgingDates({ task: { judged_by } }: TaskWrite): Dates | undefined {
  return judged_by === 'version' ? undefined : judged_by
}

const completed = ({ fields }: TaskWrite) => fields['completed']
/** Completing or reopening the task concerns no other: there is none to create or to remove. */
const hasNoNext = 'recurrence IS NULL AND next_task_id IS NULL'
const concernsNoNext = fragment<TaskWrite>`(${hasNoNext} OR completed = ${completed}::boolean)`
const mayConcernNext = ({ task, fields }: TaskWrite) =>
  fields['completed'] !== undefined && task.judged_by === undefined

const updates = new Map<string, Prepared<TaskWrite>>()
const updateOfAny = updateStatement(
  'task_update_any',
  written.map(({ name, sent }) => {
    const isSent = ({ fields }: TaskWrite) => fields[name] !== undefined
    return fragment`${name} = CASE WHEN ${isSent}::boolean THEN ${sent} ELSE ${name} END`
  }),
  fragment`${liveRow} AND (${(write) => judgingDates(write) === undefined}::boolean OR ${sameDates})
    AND (${(write) => !mayConcernNext(write)}::boolean OR ${concernsNoNext})`,
)

/**
 * Sets the fields that are given; with none the task still counts as changed. Without the task having been read, no row
 * matches where completing or reopening it concerns the next task of its series.
 */
export function taskUpdate(task: LiveTask, fields: WrittenFields, metadata: ChangeMetadata): Statement {
  const write = { task, fields, metadata }
  return statement(updateOf(write), write)
}

function updateOf(write: TaskWrite): Prepared<TaskWrite> {
  const { judged_by } = write.task
  const kind = judged_by === undefined || judged_by === 'version' ? (judged_by ?? '') : 'dates'
  const columns = metadataOf(write)
  const names = setOf(write.fields, columns.length, kind)
  const known = updates.get(names)
  if (known !== undefined) return known
  // A plan uses memory on every connection, so the number of plans is limited.
  if (updates.size >= MAX_SETS) return updateOfAny
  const conditions = [
    liveRow,
    ...(kind === 'dates' ? [sameDates] : []),
    ...(mayConcernNext(write) ? [concernsNoNext] : []),
  ]
  const assignments = [...assigned(write.fields), setTo(columns)]
  const made = updateSetting('task_update', assignments, joined(conditions, ' AND '))
  updates.set(names, made)
  return made
}

/**
 * Which statement a set of fields has. Going through what is given costs a quarter of looking for each of all fields; another
 * order of the same fields is another set of the same text.
 */
function setOf(fields: TaskWrite['fields'], columns: number, kind = ''): string {
  let names = `${kind},${columns}`
  for (const name in fields) if (fields[name] !== undefined) names += `,${name}`
  return names
}

/** The names of the fields that are given. */
export function namesSet(fields: TaskWrite['fields']): string[] {
  return written.flatMap(({ name }) => (fields[name] === undefined ? [] : [name]))
}

/** The assignments of the fields that are given. */
export function assigned(fields: TaskWrite['fields']): Fragment<TaskWrite>[] {
  return written.flatMap(({ name, sent }) => (fields[name] === undefined ? [] : [fragment`${name} = ${sent}`]))
}

/** An update of one row that assigns what is given and stores the change's metadata. */
export function updateStatement(
  label: string,
  assignments: readonly Fragment<TaskWrite>[],
  row = liveRow,
): Prepared<TaskWrite> {
  return updateSetting(label, [...assignments, setMetadata], row)
}

function updateSetting(label: string, assignments: readonly Fragment<TaskWrite>[], row: Fragment<TaskWrite>) {
  return prepared(label, fragment`UPDATE taskwire.task SET ${list(assignments)} WHERE ${row} RETURNING ${taskAsText}`)
}

const toggleWith = (columns: typeof metadata) =>
  updateSetting(
    'task_toggle',
    [fragment`completed = NOT completed`, setTo(columns)],
    fragment`${liveRow} AND ${hasNoNext}`,
  )
const toggle = toggleWith(metadata)
const usualToggle = toggleWith(usualMetadata)

/**
 * Flips `completed` in the row itself: reading it first would lose concurrent toggles. No row matches where that concerns
 * the next task of a series.
 */
export function taskToggle(task: LiveTask, metadata: ChangeMetadata): Statement {
  const write = { task, fields: {}, metadata }
  return statement(metadataOf(write) === usualMetadata ? usualToggle : toggle, write)
}

const trash = prepared<TaskWrite>(
  'task_trash',
  fragment`WITH was AS (
    SELECT user_id AS owner, id AS task_id, ${taskAsText} FROM taskwire.task WHERE ${liveRow} FOR UPDATE
  ), trashed AS (
    UPDATE taskwire.task SET deleted_at = now(), ${setMetadata} FROM was
    WHERE task.user_id = was.owner AND task.id = was.task_id
  )
  SELECT was.json, was.version FROM was`,
)

/** Moves a task into the trash and returns it as it was. */
export function taskTrash(task: LiveTask, metadata: ChangeMetadata): Statement {
  return statement(trash, { task, fields: {}, metadata })
}

export function list(parts: readonly Fragment<TaskWrite>[]): Fragment<TaskWrite> {
  return joined(parts, ', ')
}

/** A statement with the values of one write. */
export function statement({ name, text, values }: Prepared<TaskWrite>, write: TaskWrite): Statement {
  return { name, text, values: values(write), pipeline: { lockKey: write.task.user_id } }
}
