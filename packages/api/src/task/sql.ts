import type { Statement } from '@taskwire/db'
import type { ChangeMetadata } from '../log/write.ts'
import type { CursorPart } from '../core/services.ts'

// The statements of the hot path. They have names, so that PostgreSQL plans them once, share connections with others
// that are under way, and PostgreSQL writes times and lists as the wire shows them: docs/decisions/005 and 012.

/** A live task of one user, at one of the wanted versions if any are named. */
export interface LiveTask {
  readonly user_id: string
  readonly id: number
  readonly versions: readonly number[] | undefined
}

const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`

/** A task as `taskOutput` has it. */
const columns = `id, user_id, title, description, completed, ${utc('created_at')}, ${utc('updated_at')}, version`

// What every statement on a live task begins with: its parameters 1 to 7.
const live = `user_id = $1 AND id = $2 AND deleted_at IS NULL AND ($3::int[] IS NULL OR version = ANY($3))`
const stamped = `changed_via = $4, changed_key = $5, changed_request = $6, changed_conversation_id = $7`
const parameters = ({ user_id, id, versions }: LiveTask, stamp: ChangeMetadata) => [
  user_id,
  id,
  versions,
  stamp.changed_via,
  stamp.changed_key,
  stamp.changed_request,
  stamp.changed_conversation_id,
]

const selectText = `SELECT ${columns} FROM taskwire.task WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`

export function taskSelect(user_id: string, id: number): Statement {
  return { name: 'task_select', text: selectText, values: [user_id, id], pipeline: 'reads' }
}

/** The fields of a task that a caller decides. Undefined ones keep their value or take the default. */
export interface TaskFields {
  readonly title?: string | undefined
  readonly description?: string | null | undefined
  readonly completed?: boolean | undefined
}

const insertText = `
  INSERT INTO taskwire.task
    (user_id, title, description, completed, changed_via, changed_key, changed_request, changed_conversation_id)
  VALUES ($1, $2, $3, coalesce($4, false), $5, $6, $7, $8) RETURNING ${columns}`

export function taskInsert(
  user_id: string,
  { title, description, completed }: TaskFields,
  stamp: ChangeMetadata,
): Statement {
  const { changed_via, changed_key, changed_request, changed_conversation_id } = stamp
  const values = [user_id, title, description, completed]
  return {
    name: 'task_insert',
    text: insertText,
    values: [...values, changed_via, changed_key, changed_request, changed_conversation_id],
    pipeline: { lockKey: user_id },
  }
}

const updateText = `
  UPDATE taskwire.task SET title = coalesce($8, title), completed = coalesce($9, completed),
    description = CASE WHEN $10 THEN $11 ELSE description END, ${stamped}
  WHERE ${live} RETURNING ${columns}`

/** Sets the fields that are given; with none the task still counts as changed. */
export function taskUpdate(
  task: LiveTask,
  { title, description, completed }: TaskFields,
  stamp: ChangeMetadata,
): Statement {
  const values = [...parameters(task, stamp), title, completed, description !== undefined, description]
  return { name: 'task_update', text: updateText, values, pipeline: { lockKey: task.user_id } }
}

const toggleText = `UPDATE taskwire.task SET completed = NOT completed, ${stamped} WHERE ${live} RETURNING ${columns}`

/** Flips `completed` where the row stands: reading it first would lose concurrent toggles. */
export function taskToggle(task: LiveTask, stamp: ChangeMetadata): Statement {
  return { name: 'task_toggle', text: toggleText, values: parameters(task, stamp), pipeline: { lockKey: task.user_id } }
}

const trashText = `
  WITH was AS (SELECT user_id AS owner, id AS task_id, ${columns} FROM taskwire.task WHERE ${live} FOR UPDATE),
  trashed AS (
    UPDATE taskwire.task SET deleted_at = now(), ${stamped} FROM was WHERE task.user_id = was.owner AND task.id = was.task_id
  )
  SELECT id, user_id, title, description, completed, created_at, updated_at, version FROM was`

/** Moves a task into the trash and returns it as it was. */
export function taskTrash(task: LiveTask, stamp: ChangeMetadata): Statement {
  return { name: 'task_trash', text: trashText, values: parameters(task, stamp), pipeline: { lockKey: task.user_id } }
}

/** A list's input with every default decided. */
export interface ListQuery {
  readonly trash: boolean
  readonly completed: boolean | undefined
  readonly search: string
  readonly sort: 'created_at' | 'updated_at' | 'title'
  readonly order: 'asc' | 'desc'
}

const sorts = {
  created_at: { by: 'task.created_at', key: (parameter: string) => `${parameter}::timestamptz` },
  updated_at: { by: 'task.updated_at', key: (parameter: string) => `${parameter}::timestamptz` },
  // One order in every database, whatever its collation, so that cursors mean the same everywhere.
  title: { by: 'lower(title) COLLATE "C"', key: (parameter: string) => `lower(${parameter}) COLLATE "C"` },
} as const

/** One page of a user's tasks as one row `{items}`, after `place` if one is given: the sorted value and the id. */
export function taskPage(user_id: string, query: ListQuery, place: readonly CursorPart[] | undefined, limit: number) {
  const values: unknown[] = [user_id, limit]
  const parameter = (value: unknown) => `$${values.push(value)}`
  const { by, key } = sorts[query.sort]
  const conditions = ['user_id = $1', query.trash ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL']
  if (query.completed !== undefined) conditions.push(`completed = ${parameter(query.completed)}`)
  if (query.search !== '') {
    const pattern = parameter(`%${query.search.replace(/[\\%_]/g, '\\$&')}%`)
    conditions.push(`(title ILIKE ${pattern} OR description ILIKE ${pattern})`)
  }
  if (place !== undefined) {
    const [value, id] = place
    conditions.push(`(${by}, id) ${query.order === 'asc' ? '>' : '<'} (${key(parameter(value))}, ${parameter(id)})`)
  }
  const text = `
    SELECT coalesce(json_agg(page), '[]') AS items FROM (
      SELECT ${columns}${query.trash ? `, ${utc('deleted_at')}` : ''} FROM taskwire.task
      WHERE ${conditions.join(' AND ')} ORDER BY ${by} ${query.order}, id ${query.order} LIMIT $2
    ) page`
  // Searches stay unnamed: how many rows match decides their plan, so each is planned for its own text.
  const name = query.search === '' ? `task_page_${listShape(query, place !== undefined)}` : undefined
  // Short for certain is only what an index hands out in order; what leaves tasks out may look at many for a page.
  const isPlain = name !== undefined && !query.trash && query.completed === undefined
  return { name, text, values, pipeline: isPlain ? 'reads' : undefined } satisfies Statement
}

function listShape({ trash, completed, sort, order }: ListQuery, further: boolean): string {
  return [sort, order, trash ? 'trash' : 'live', completed === undefined ? 'any' : 'some', further].join('_')
}
