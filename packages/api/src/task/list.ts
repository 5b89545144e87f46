import { pageOf, verifyCursor } from '../core/page.ts'
import type { CursorPart } from '../core/services.ts'
import type { UserContext } from '../core/trpc.ts'
import { currentMoment, momentAt, type Moment } from './moment.ts'
import type { ListedTask, ListInput } from './schema.ts'
import { preferredOrders, sortOf } from './sorts.ts'
import { taskPage, wholeList, type ListQuery } from './sql.ts'

const DEFAULT_LIMIT = 50

/** One page of the caller's tasks. Its cursor continues after the last of them, whatever was inserted meanwhile. */
export async function listPage(ctx: UserContext, input: ListInput) {
  const query = listQuery(input)
  const zone = query !== null && asksForToday(query) ? input.zone : undefined
  const signedQuery = JSON.stringify(['task.list', ctx.user_id, zone === undefined ? query : { ...query, zone }])
  const position = verifyCursor(ctx, signedQuery, input.cursor)
  if (query === null) return { items: [], next_cursor: null }
  const moment = asksForToday(query) ? (momentOf(position) ?? (await currentMoment(ctx, zone))) : undefined
  const timed = { ...query, moment }
  const { keys } = sortOf(query.sort, query.order)
  const cursorAfter = (last: ListedTask) =>
    ctx.services.cursors.sign(signedQuery, [
      ...keys.map(({ value }) => value(last)),
      last.id,
      ...(moment === undefined ? [] : [moment.now, moment.zone]),
    ])
  const limit = input.limit ?? DEFAULT_LIMIT
  if (ctx.snapshot !== undefined) {
    const rows = await ctx.snapshot.next<{ task: ListedTask }>(wholeList(ctx.user_id, timed), limit)
    const last = rows.length === limit ? rows.at(-1) : undefined
    return { items: rows.map(({ task }) => task), next_cursor: last === undefined ? null : cursorAfter(last.task) }
  }
  const [page] = await ctx.services.sql<{ items: ListedTask[] }>(taskPage(ctx.user_id, timed, position, limit + 1))
  return pageOf(page?.items ?? [], limit, cursorAfter)
}

/** The moment of the first page, with which its cursor ends: today stays the same day on all pages of a list. */
function momentOf(position: readonly CursorPart[] | undefined): Moment | undefined {
  if (position === undefined) return undefined
  const [now = '', zone = ''] = position.slice(-2)
  return momentAt(new Date(now), String(zone))
}

function asksForToday({ due, started }: ListQuery): boolean {
  return started !== undefined || isView(due)
}

function isView(due: ListQuery['due']): boolean {
  return due === 'overdue' || due === 'today' || due === 'upcoming'
}

/** A list's input as a query; null if its filters contradict each other (pending and completed). */
function listQuery(input: ListInput): ListQuery | null {
  const { status, completed, due, due_from, due_to, started, series_id } = input
  // What is overdue, due today or upcoming is still to be done, unless the caller says otherwise.
  const byDefault = isView(due) && completed === undefined ? 'pending' : 'all'
  const byStatus = { pending: false, completed: true, all: undefined, deleted: undefined }[status ?? byDefault]
  if (byStatus !== undefined && completed !== undefined && byStatus !== completed) return null
  const sort = input.sort === undefined || input.sort === 'created' ? 'created_at' : input.sort
  return {
    trash: status === 'deleted',
    completed: byStatus ?? completed,
    search: input.search ?? '',
    sort,
    order: input.order ?? preferredOrders[sort],
    due,
    due_from,
    due_to,
    tags: filled(input.tags),
    priority: filled(input.priority),
    started,
    series_id,
  }
}

function filled<Value>(list: readonly Value[] | undefined): readonly Value[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list
}
