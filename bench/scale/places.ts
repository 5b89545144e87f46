import { cursorCodec } from '@taskwire/api'
import type { ClientBase } from 'pg'
import { SECRET } from '../servers.ts'
import { BIG } from './fill.ts'

const PAGE = 50

const sorts = {
  created_at: { by: 'task.created_at', order: 'desc' },
  updated_at: { by: 'task.updated_at', order: 'desc' },
  title: { by: 'lower(title) COLLATE "C"', order: 'asc' },
} as const

export type Sort = keyof typeof sorts
export const sortNames = ['created_at', 'title', 'updated_at'] as const satisfies readonly Sort[]

/**
 * Queries for consecutive pages of 50 of the big user's list, starting with `page`.
 * before. Sealed here, as walking to page 10,000 would take that many requests.
 */
export async function pagesFrom(client: ClientBase, sort: Sort, page: number, pages: number): Promise<string[]> {
  const { by, order } = sorts[sort]
  const { rows } = await client.query<{ value: string; id: number }>(
    `SELECT CASE WHEN $4 = 'title' THEN title
         ELSE to_char(task.${sort === 'title' ? 'created_at' : sort} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS value, id
     FROM taskwire.task WHERE user_id = $1 AND deleted_at IS NULL
     ORDER BY ${by} ${order}, id ${order} OFFSET $2 LIMIT $3`,
    [BIG, (page - 1) * PAGE - 1, (pages - 1) * PAGE + 1, sort],
  )
  const cursors = cursorCodec(new TextEncoder().encode(SECRET))
  const query = JSON.stringify(['task.list', BIG, { trash: false, search: '', sort, order }])
  return rows
    .filter((_, index) => index % PAGE === 0)
    .map(({ value, id }) => `?limit=${PAGE}&sort=${sort}&cursor=${cursors.sign(query, [value, id])}`)
}
