import { Prisma } from '@taskwire/db'
import type { CursorPart } from '../cursor.ts'
import type { Stamp } from '../change/write.ts'

// What Prisma's query language cannot say, each as one statement.

/** A live task of one user, at one of the wanted versions if any are named. */
export interface LiveTask {
  readonly user_id: string
  readonly id: number
  readonly version: { readonly in: number[] } | undefined
}

export interface TaskRow {
  id: number
  user_id: string
  title: string
  description: string | null
  completed: boolean
  created_at: Date
  updated_at: Date
  version: number
}

export interface ListedTaskRow extends TaskRow {
  deleted_at?: Date
  /** What the list is sorted by, as text that PostgreSQL reads back to the same value. */
  sort_key: string
}

const columns = Prisma.sql`id, user_id, title, description, completed, created_at, updated_at, version`

function live({ user_id, id, version }: LiveTask) {
  const wanted = version === undefined ? Prisma.empty : Prisma.sql`AND version = ANY(${version.in}::int[])`
  return Prisma.sql`user_id = ${user_id} AND id = ${id} AND deleted_at IS NULL ${wanted}`
}

function stamped(stamp: Stamp) {
  return Prisma.sql`
    changed_via = ${stamp.changed_via}, changed_key = ${stamp.changed_key}, changed_request = ${stamp.changed_request},
    changed_conversation_id = ${stamp.changed_conversation_id}::int`
}

/** Flips `completed` where the row stands: reading it first would lose concurrent toggles. Returns the task. */
export function toggleTask(task: LiveTask, stamp: Stamp) {
  return Prisma.sql`
    UPDATE taskwire.task SET completed = NOT completed, ${stamped(stamp)} WHERE ${live(task)} RETURNING ${columns}`
}

/** Moves a task into the trash. Returns it as it was. */
export function trashTask(task: LiveTask, stamp: Stamp) {
  return Prisma.sql`
    WITH was AS (SELECT ${columns} FROM taskwire.task WHERE ${live(task)} FOR UPDATE)
    UPDATE taskwire.task SET deleted_at = now(), ${stamped(stamp)} FROM was
    WHERE task.user_id = was.user_id AND task.id = was.id RETURNING was.*`
}

/** One page of a user's tasks, in the order that `order` and the id make total, after `place` if one is given. */
export function listTasks(user_id: string, query: ListQuery, place: readonly CursorPart[] | undefined, limit: number) {
  const sort = sorts[query.sort]
  const direction = query.order === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const beyond = query.order === 'asc' ? Prisma.sql`>` : Prisma.sql`<`
  const conditions = [Prisma.sql`user_id = ${user_id}`]
  conditions.push(query.trash ? Prisma.sql`deleted_at IS NOT NULL` : Prisma.sql`deleted_at IS NULL`)
  if (query.completed !== undefined) conditions.push(Prisma.sql`completed = ${query.completed}`)
  if (query.search !== '') {
    const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
    conditions.push(Prisma.sql`(title ILIKE ${pattern} OR description ILIKE ${pattern})`)
  }
  if (place !== undefined) {
    const [key, id] = place
    conditions.push(Prisma.sql`(${sort.by}, id) ${beyond} (${key}::text::${sort.type}, ${id}::int)`)
  }
  return Prisma.sql`
    SELECT ${columns}${query.trash ? Prisma.sql`, deleted_at` : Prisma.empty}, ${sort.by}::text AS sort_key
    FROM taskwire.task WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${sort.by} ${direction}, id ${direction} LIMIT ${limit}`
}

/** A list's input with every default decided. */
export interface ListQuery {
  readonly trash: boolean
  readonly completed: boolean | undefined
  readonly search: string
  readonly sort: keyof typeof sorts
  readonly order: 'asc' | 'desc'
}

const sorts = {
  created_at: { by: Prisma.sql`created_at`, type: Prisma.sql`timestamptz` },
  updated_at: { by: Prisma.sql`updated_at`, type: Prisma.sql`timestamptz` },
  // One order in every database, whatever its collation, so that cursors mean the same everywhere.
  title: { by: Prisma.sql`lower(title) COLLATE "C"`, type: Prisma.sql`text` },
} as const
