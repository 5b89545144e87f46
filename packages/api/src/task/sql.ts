import type { Statement } from '@taskwire/db'
import { statementName } from '../core/statement.ts'
import type { CursorPart } from '../core/services.ts'
import { columnType } from './columns.ts'
import { taskFields, type Field } from './fields.ts'
import { filterConditions, isOpenAndDated, openDueConditions, type Filters } from './filter_sql.ts'
import type { Moment } from './moment.ts'
import { isScan, scannedTasks } from './scan_limit.ts'
import { leanTaskAsText } from './lean_task.ts'
import { idBound } from './position.ts'
import type { Task } from './schema.ts'
import { sortOf, type Order, type SortedFields, type SortName } from './sorts.ts'

// The reading statements of the hot path, derived from the table of fields; `write_sql.ts` has the writing ones. They
// have names, so that PostgreSQL plans them once, and share pipelined connections. PostgreSQL formats times and lists as
// they are sent: docs/decisions/005 and 012.

/** The columns of a task, as `taskOutput` has it. */
export const taskColumns = Object.entries<Field>(taskFields)
  .map(([name, { column, select }]) => selected(name, select === undefined ? columnType(column).select : () => select))
  .join(', ')

/** The same, but so that `row_to_json` makes the bytes of an answer of them. */
const jsonColumns = Object.entries<Field>(taskFields)
  .map(([name, { column, select, json }]) => {
    const expression = json ?? select
    return selected(name, expression === undefined ? columnType(column).select : () => expression)
  })
  .join(', ')

function selected(name: string, select: ((column: string) => string) | undefined): string {
  return select === undefined ? name : `${select(name)} AS ${name}`
}

/**
 * A task as one JSON value under the name `task`: reading one column instead of one for each field takes a third of the
 * server's time for a statement. PostgreSQL's own time is the same.
 */
export const taskAsJson = `(SELECT row_to_json(fields) FROM (SELECT ${taskColumns}) fields) AS task`

/** What a statement returns that selects `taskAsJson`. */
export interface TaskRow {
  readonly task: Task
}

/** A task as a row `{json, version}`: its JSON as answers have it, to be sent unread, which makes it a `JsonAnswer`. */
export const taskAsText = `(SELECT row_to_json(fields)::text FROM (SELECT ${jsonColumns}) fields) AS json, version`

export const taskSelect = liveTaskSelect('task_select')

/** Makes a statement that reads a live task and, beside it, the expressions in `more`. */
export function liveTaskSelect(label: string, more = '') {
  const text = `SELECT ${taskAsJson}${more} FROM taskwire.task WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`
  const name = statementName(label, text)
  return (user_id: string, id: number): Statement => ({ name, text, values: [user_id, id], pipeline: 'reads' })
}

const taskTextOf = `SELECT ${taskAsText} FROM taskwire.task WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`
// To an operator it is the same statement: metrics and the log of slow ones have the label.
const taskTextName = statementName('task_select', taskTextOf)

/** Reads a live task as text. */
export function taskTextSelect(user_id: string, id: number): Statement {
  return { name: taskTextName, text: taskTextOf, values: [user_id, id], pipeline: 'reads' }
}

/** A list's input with every default decided. */
export interface ListQuery extends Filters {
  readonly trash: boolean
  readonly completed: boolean | undefined
  readonly search: string
  readonly sort: SortName
  readonly order: Order
}

/** A query, and what it means by today if it asks for that. */
export interface TimedQuery extends ListQuery {
  readonly moment?: Moment | undefined
}

const deletedAt = `, ${selected('deleted_at', columnType('timestamptz').select)}`

/** Which page: after `position` if one is given (the sorted values and the id), and how many tasks at most. */
export interface PageOf {
  readonly position: readonly CursorPart[] | undefined
  readonly limit: number
}

/** One page of a user's tasks as one row `{items, scanned_to}`. */
export function taskPage(user_id: string, query: TimedQuery, page: PageOf) {
  const { rows, values, scannedTo } = listRows(user_id, query, page)
  const text = `SELECT coalesce(json_agg(page), '[]') AS items${scannedTo} FROM (${rows}) page`
  return { ...sharing('objects', text, { query, page }), text, values } satisfies Statement
}

/** The same page as one row `{items, count, scanned_to}`: a text of JSON as answers have it, to be sent unread. */
export function taskPageAsText(user_id: string, query: TimedQuery, page: PageOf) {
  const { rows, values, scannedTo } = listRows(user_id, query, { ...page, columns: jsonColumns })
  const text = `SELECT '[' || coalesce(string_agg(row_to_json(page)::text, ','), '') || ']' AS items, count(*)::int AS count${scannedTo}
    FROM (${rows}) page`
  return { ...sharing('text', text, { query, page }), text, values } satisfies Statement
}

/** What a statement returns that selects a page of lean tasks. */
export interface LeanPageRow {
  /** JSON of all tasks that were read: of one more than the page has, if there is one. */
  readonly items: string
  /** Of the page's last task what the keys of its sort read, and which task follows; null if none does. */
  readonly last: (SortedFields & { readonly next_id: number }) | null
}

/** The same page as one row `{items, last, scanned_to}`, with the tasks as an agent gets them. */
export function leanTaskPage(user_id: string, query: TimedQuery, page: PageOf) {
  const keys = [...new Set(['id' as const, ...sortOf(query.sort, query.order).keys.flatMap(({ reads }) => reads)])]
  const columns = [`${leanTaskAsText} AS lean`, ...keys.map((name) => `${keySql(name)} AS ${name}`)].join(', ')
  const { rows, values, scannedTo, size } = listRows(user_id, query, { ...page, columns })
  const last = `SELECT ${keys.map((name) => selected(name, shownKey(name))).join(', ')}, next_id
    FROM (SELECT ${keys.map((name) => `${nth(name, `${size} - 1`)} AS ${name}`).join(', ')}, ${nth('id', `${size}`)} AS next_id) task`
  const text = `SELECT '[' || coalesce(string_agg(page.lean, ','), '') || ']' AS items,
    CASE WHEN count(*) = ${size} THEN (SELECT row_to_json(last) FROM (${last}) last) END AS last${scannedTo} FROM (${rows}) page`
  return { ...sharing('lean', text, { query, page }), text, values } satisfies Statement
}

const nth = (name: string, place: string) => `(array_agg(page.${name}))[${place}]`

/** A field by which tasks are sorted, in a form that costs nothing for those that are not the last. */
function keySql(name: keyof SortedFields): string {
  const field: Field = taskFields[name]
  return field.select ?? `task.${name}`
}

function shownKey(name: keyof SortedFields) {
  const { select, column }: Field = taskFields[name]
  return select === undefined ? columnType(column).select : undefined
}

/** The name of a page's statement, and whether it shares a connection. */
function sharing(form: 'objects' | 'text' | 'lean', text: string, { query, page }: { query: ListQuery; page: PageOf }) {
  // Searches and filters by fields stay unnamed: their plan depends on how many rows match, so each is planned for its
  // own values.
  const name = isNarrowed(query) ? undefined : pageName(text, `${form}_${kindOf(query, page.position !== undefined)}`)
  // Only what an index of the live tasks returns in order is always short: a filter may have to pass over many tasks to
  // fill a page, and an order without an index sorts all of them.
  const isUnfiltered = name !== undefined && !query.trash && query.completed === undefined
  const isPlain = isUnfiltered && (query.sort === 'created_at' || query.sort === 'title')
  return { name, pipeline: isPlain ? ('reads' as const) : undefined }
}

/** All of a user's tasks that match, as rows `{task}` in the order of the pages. */
export function wholeList(user_id: string, query: TimedQuery): Pick<Statement, 'text' | 'values'> {
  const { rows, values } = listRows(user_id, query, {})
  return { text: `SELECT row_to_json(listed) AS task FROM (${rows}) listed`, values }
}

function isNarrowed(query: ListQuery): boolean {
  return query.search !== '' || hasFilters(query)
}

function hasFilters({ due, due_from, due_to, tags, priority, started, series_id }: ListQuery): boolean {
  return [due, due_from, due_to, tags, priority, started, series_id].some((filter) => filter !== undefined)
}

interface Rows extends Partial<PageOf> {
  readonly columns?: string
}

function listRows(user_id: string, query: TimedQuery, { position, limit, columns: fields = taskColumns }: Rows) {
  const values: unknown[] = [user_id]
  const parameter = (value: unknown) => `$${values.push(value)}`
  const isLive = query.trash ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL'
  const matches = matchConditions(query, parameter)
  const size = limit === undefined ? undefined : parameter(limit)
  const limited = size === undefined ? '' : `LIMIT ${size}`
  const columns = `${fields}${query.trash ? deletedAt : ''}`
  if (query.sort === 'position') {
    const select = (more: string) =>
      `SELECT ${columns} FROM taskwire.task WHERE ${['user_id = $1', isLive, ...matches, more].join(' AND ')} ${limited}`
    return {
      rows: `${manualOrder(query.order, { select, position, parameter })} ${limited}`,
      values,
      scannedTo: '',
      size,
    }
  }
  const { order, after } = orderOf(query, position, parameter)
  const place = ['user_id = $1', isLive, ...after]
  const page = (from: string, conditions: readonly string[]) =>
    `SELECT ${columns} FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ${limited}`
  if (size === undefined || !isScan({ ...query, hasFilters: hasFilters(query) })) {
    return { rows: page('taskwire.task', [...place, ...matches]), values, scannedTo: '', size }
  }
  const { from, last } = scannedTasks(place, order, taskColumns)
  return {
    rows: page(from, matches),
    values,
    size,
    scannedTo: `, CASE WHEN count(*) < ${size} THEN ${last} END AS scanned_to`,
  }
}

type Parameter = (value: unknown) => string

/** What a query asks of a task, besides whose it is and whether it is in the trash. */
function matchConditions(query: TimedQuery, parameter: Parameter): string[] {
  const conditions: string[] = []
  if (query.completed !== undefined) conditions.push(`completed = ${parameter(query.completed)}`)
  if (query.search !== '') {
    const pattern = parameter(`%${query.search.replace(/[\\%_]/g, '\\$&')}%`)
    conditions.push(`(title ILIKE ${pattern} OR description ILIKE ${pattern})`)
  }
  if (isOpenAndDated(query)) conditions.push(...openDueConditions(query, query.moment, parameter))
  return [...conditions, ...filterConditions(query, query.moment, parameter)]
}

/** The order of a query's tasks, and the condition that continues after a position. */
function orderOf(query: TimedQuery, position: readonly CursorPart[] | undefined, parameter: Parameter) {
  const { direction, keys } = sortOf(query.sort, query.order, isOpenAndDated(query))
  const sorted = [...keys.map(({ by }) => by), 'id']
  const order = sorted.map((by) => `${by} ${direction}`).join(', ')
  if (position === undefined) return { order, after: [] }
  const bounds = [...keys.map(({ of }, index) => of(parameter(position[index]))), parameter(position[keys.length])]
  return { order, after: [`(${sorted.join(', ')}) ${direction === 'asc' ? '>' : '<'} (${bounds.join(', ')})`] }
}

interface ManualOrder {
  /** The tasks that also match a condition; it ends with their order. */
  readonly select: (condition: string) => string
  readonly position: readonly CursorPart[] | undefined
  readonly parameter: Parameter
}

/**
 * The tasks that were moved and those that were not, each in the order of an index, merged: one index of all of them
 * would cost every new task an entry.
 */
function manualOrder(order: Order, { select, position, parameter }: ManualOrder): string {
  const reverse = order === 'asc' ? 'desc' : 'asc'
  const [moved, others] = [['task.position IS NOT NULL'], ['task.position IS NULL']]
  if (position !== undefined) {
    const [place, id] = position
    const comparison = order === 'asc' ? '>' : '<'
    moved.push(`(task.position, task.id) ${comparison} (${parameter(place)} COLLATE "C", ${parameter(id)}::integer)`)
    others.push(`task.id ${order === 'asc' ? '<' : '>'} ${parameter(idBound(String(place), order))}::bigint`)
  }
  return `SELECT * FROM (
    (${select(`${moved.join(' AND ')} ORDER BY task.position ${order}, task.id ${order}`)})
    UNION ALL (${select(`${others.join(' AND ')} ORDER BY task.id ${reverse}`)})
  ) placed ORDER BY position COLLATE "C" ${order}, id ${order}`
}

const pageNames = new Map<string, string>()

/** One name for each kind of page, computed once. */
function pageName(text: string, kind: string): string {
  const known = pageNames.get(kind)
  if (known !== undefined) return known
  const name = statementName('task_page', text)
  pageNames.set(kind, name)
  return name
}

function kindOf({ trash, completed, sort, order }: ListQuery, further: boolean): string {
  return [sort, order, trash ? 'trash' : 'live', completed === undefined ? 'any' : 'some', further].join('_')
}
