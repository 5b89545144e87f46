import { pageOf, verifyCursor } from '../core/page.ts'
import type { UserContext } from '../core/trpc.ts'
import type { ListedTask, ListInput } from './schema.ts'
import { taskPage, wholeList, type ListQuery } from './sql.ts'

const DEFAULT_LIMIT = 50

/** One page of the caller's tasks. Its cursor continues after the last of them, whatever was inserted meanwhile. */
export async function listPage(ctx: UserContext, input: ListInput) {
  const query = listQuery(input)
  const signedQuery = JSON.stringify(['task.list', ctx.user_id, query])
  const position = verifyCursor(ctx, signedQuery, input.cursor)
  if (query === null) return { items: [], next_cursor: null }
  const limit = input.limit ?? DEFAULT_LIMIT
  const cursorAfter = (last: ListedTask) => ctx.services.cursors.sign(signedQuery, [last[query.sort], last.id])
  if (ctx.snapshot !== undefined) {
    const rows = await ctx.snapshot.next<{ task: ListedTask }>(wholeList(ctx.user_id, query), limit)
    const last = rows.length === limit ? rows.at(-1) : undefined
    return { items: rows.map(({ task }) => task), next_cursor: last === undefined ? null : cursorAfter(last.task) }
  }
  const [page] = await ctx.services.sql<{ items: ListedTask[] }>(taskPage(ctx.user_id, query, position, limit + 1))
  return pageOf(page?.items ?? [], limit, cursorAfter)
}

/** A list's input as a query; null if its filters contradict each other (pending and completed). */
function listQuery(input: ListInput): ListQuery | null {
  const byStatus = { pending: false, completed: true, all: undefined, deleted: undefined }[input.status ?? 'all']
  if (byStatus !== undefined && input.completed !== undefined && byStatus !== input.completed) return null
  const sort = input.sort === undefined || input.sort === 'created' ? 'created_at' : input.sort
  return {
    trash: input.status === 'deleted',
    completed: byStatus ?? input.completed,
    search: input.search ?? '',
    sort,
    order: input.order ?? (sort === 'title' ? 'asc' : 'desc'),
  }
}
