import { z } from 'zod'
import type { JsonPage } from '../core/json_answer.ts'
import { pageOf, verifyCursor } from '../core/page.ts'
import type { CursorPart } from '../core/services.ts'
import type { UserContext } from '../core/trpc.ts'
import { currentMoment, momentAt, type Moment } from './moment.ts'
import { listedTaskOutput, type ListedTask, type ListInput } from './schema.ts'
import { preferredOrders, sortOf, type SortedFields } from './sorts.ts'
import {
  leanTaskPage,
  taskPage,
  taskPageAsText,
  wholeList,
  type LeanPageRow,
  type ListQuery,
  type TimedQuery,
} from './sql.ts'

const DEFAULT_LIMIT = 50

/** One page of the caller's tasks. Its cursor continues after the last of them, whatever was inserted meanwhile. */
export async function listPage(ctx: UserContext, input: ListInput) {
  const asked = await askedPage(ctx, input)
  if (asked === null) return { items: [], next_cursor: null }
  const { query, position, limit, cursorAfter } = asked
  if (ctx.snapshot !== undefined) {
    const rows = await ctx.snapshot.next<{ task: ListedTask }>(wholeList(ctx.user_id, query), limit)
    const last = rows.length === limit ? rows.at(-1) : undefined
    return { items: rows.map(({ task }) => task), next_cursor: last === undefined ? null : cursorAfter(last.task) }
  }
  const statement = taskPage(ctx.user_id, query, { position, limit: limit + 1 })
  const [page] = await ctx.services.sql<{ items: ListedTask[] } & Scan>({ ...statement, mayUseStandby: true })
  const { items, next_cursor } = pageOf(page?.items ?? [], limit, cursorAfter)
  return { items, next_cursor: next_cursor ?? cursorOfScan(page, cursorAfter) }
}

/** The same page with its items as JSON text. */
export async function listPageAsJson(ctx: UserContext, input: ListInput): Promise<JsonPage> {
  const asked = await askedPage(ctx, input)
  if (asked === null) return { items: '[]', next_cursor: null }
  const { query, position, limit, cursorAfter } = asked
  const statement = taskPageAsText(ctx.user_id, query, { position, limit: limit + 1 })
  const [page] = await ctx.services.sql<{ items: string; count: number } & Scan>({ ...statement, mayUseStandby: true })
  const { items = '[]', count = 0 } = page ?? {}
  if (count <= limit) return { items, next_cursor: cursorOfScan(page, cursorAfter) }
  const tasks: unknown[] = JSON.parse(items)
  const [last, next] = z.tuple([listedTaskOutput, listedTaskOutput]).parse(tasks.slice(-2))
  return { items: withoutLast(items, next), next_cursor: cursorAfter(last) }
}

/** The same page with its tasks as an agent gets them, as JSON text. */
export async function leanPageAsJson(ctx: UserContext, input: ListInput): Promise<JsonPage> {
  const asked = await askedPage(ctx, input)
  if (asked === null) return { items: '[]', next_cursor: null }
  const { query, position, limit, cursorAfter } = asked
  const statement = leanTaskPage(ctx.user_id, query, { position, limit: limit + 1 })
  const [page] = await ctx.services.sql<LeanPageRow & Scan>({ ...statement, mayUseStandby: true })
  const { items = '[]', last = null } = page ?? {}
  if (last === null) return { items, next_cursor: cursorOfScan(page, cursorAfter) }
  return { items: withoutTask(items, last.next_id), next_cursor: cursorAfter(last) }
}

/** The text of lean tasks without the last, which has this id. In the text of a field the quotes would be escaped. */
function withoutTask(items: string, id: number): string {
  const start = items.lastIndexOf(`,{"id":${id},"title":`)
  if (start < 0) throw new Error('PostgreSQL writes a lean task otherwise than JSON.stringify')
  return `${items.slice(0, start)}]`
}

interface Scan {
  /** The last task that a page looked at which ended before it was full, and before the end of the list. */
  readonly scanned_to?: ListedTask | null
}

function cursorOfScan(page: Scan | undefined, cursorAfter: AskedPage['cursorAfter']): string | null {
  return page?.scanned_to ? cursorAfter(page.scanned_to) : null
}

/** The text of a page without its last task, whose own text is at the end. */
function withoutLast(items: string, last: ListedTask): string {
  const end = `,${JSON.stringify(last)}]`
  if (!items.endsWith(end)) throw new Error('PostgreSQL writes a task otherwise than JSON.stringify')
  return `${items.slice(0, -end.length)}]`
}

interface AskedPage {
  readonly query: TimedQuery
  readonly position: readonly CursorPart[] | undefined
  readonly limit: number
  readonly cursorAfter: (last: SortedFields) => string
}

/** The page that an input asks for; null if its filters contradict each other. */
async function askedPage(ctx: UserContext, input: ListInput): Promise<AskedPage | null> {
  const query = listQuery(input)
  const zone = query !== null && asksForToday(query) ? input.zone : undefined
  const signedQuery = () => JSON.stringify(['task.list', ctx.user_id, zone === undefined ? query : { ...query, zone }])
  const position = input.cursor === undefined ? undefined : verifyCursor(ctx, signedQuery(), input.cursor)
  if (query === null) return null
  const moment = asksForToday(query) ? (momentOf(position) ?? (await currentMoment(ctx, zone))) : undefined
  const { keys } = sortOf(query.sort, query.order)
  const cursorAfter = (last: SortedFields) =>
    ctx.services.cursors.sign(signedQuery(), [
      ...keys.map(({ value }) => value(last)),
      last.id,
      ...(moment === undefined ? [] : [moment.now, moment.zone]),
    ])
  return { query: { ...query, moment }, position, limit: input.limit ?? DEFAULT_LIMIT, cursorAfter }
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
