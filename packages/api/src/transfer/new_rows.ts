import type { UserContext } from '../core/trpc.ts'
import { fieldsWritten, noDates } from '../task/dates.ts'
import { day } from '../task/inputs/dates.ts'
import { recurrenceOutput, type StoredRecurrence } from '../task/inputs/recurrence.ts'
import type { NewTask } from './import_sql.ts'
import type { ReadTask } from './read_file.ts'

/** A row to insert, with the task of the file that it comes from. */
export interface NewRow {
  readonly of: ReadTask
  readonly row: NewTask
  readonly fingerprint: string
  /** Of a task that goes on to the trash. */
  readonly deleted_at: string | undefined
}

/** Who imports, as the log records it. */
type Author = Pick<UserContext, 'via' | 'principal' | 'conversation_id' | 'batch'>

export interface RowsOptions {
  readonly ctx: Author
  /** Ascending: one for each task, then one for each series. */
  readonly ids: readonly number[]
  readonly now: Date
}

/**
 * The rows of new tasks. Their ids follow the manual order that the file tells, else its own from the last line to the
 * first: new tasks come first, so the first of the file is the first of the list.
 */
export function newRows(tasks: readonly ReadTask[], { ctx, ids, now }: RowsOptions): NewRow[] {
  const ordered = inIdOrder(tasks)
  const numbered = ordered.map((of, index) => ({ of, id: ids[index] ?? 0 }))
  const series = seriesIds(numbered, ids.slice(tasks.length))
  const newIdOf = new Map(numbered.flatMap(({ of, id }) => (of.task.origin ? [[of.task.origin.id, id] as const] : [])))
  return numbered.map(({ of, id }, index) => {
    const { fields, task } = of
    const times = timesOf(of, now)
    const stored = fieldsWritten(fields, noDates)
    const next = task.origin?.next_task_id
    return {
      of,
      fingerprint: of.fingerprint,
      deleted_at: times.deleted_at,
      row: {
        ...emptyRow,
        ...stored,
        ...(stored.recurrence ? { recurrence: standingFor(stored.recurrence, task.origin?.recurrence) } : {}),
        id,
        created_at: times.created_at,
        updated_at: times.updated_at,
        completed_at: fields.completed === true ? (times.completed_at ?? null) : null,
        series_id: stored.recurrence ? (series.get(of) ?? null) : null,
        next_task_id: typeof next === 'number' ? (newIdOf.get(next) ?? null) : null,
        ...metadataOf(ctx, index === 0),
      },
    }
  })
}

const emptyRow = {
  title: '',
  description: null,
  completed: false,
  priority: null,
  tags: [],
  due_date: null,
  due_time: null,
  due_zone: null,
  due_at: null,
  start_date: null,
  reminders: [],
  recurrence: null,
  checklist: [],
}

function metadataOf({ via, principal, conversation_id, batch }: Author, isFirst: boolean) {
  return {
    changed_via: via,
    changed_actor: principal.actor,
    changed_key: isFirst ? (batch?.key ?? null) : null,
    changed_request: isFirst ? (batch?.request ?? null) : null,
    changed_conversation_id: conversation_id ?? null,
    changed_batch: batch?.seq ?? null,
  }
}

function placeOf({ task }: ReadTask): string | undefined {
  return typeof task.origin?.position === 'string' ? task.origin.position : undefined
}

/** Positions are bytes, and the later ones have the smaller ids. */
function inIdOrder(tasks: readonly ReadTask[]): ReadTask[] {
  return tasks
    .toSorted((a, b) => {
      const [first, second] = [placeOf(a), placeOf(b)]
      if (first === undefined || second === undefined || first === second) return a.task.row - b.task.row
      return first < second ? -1 : 1
    })
    .toReversed()
}

/** How many series the tasks of an export were in. */
export function seriesCount(tasks: readonly ReadTask[]): number {
  return new Set(tasks.flatMap((of) => seriesBefore(of) ?? [])).size
}

/** A file may have anything in this place. */
function seriesBefore({ task }: ReadTask): number | undefined {
  const before = task.origin?.series_id
  return typeof before === 'number' ? before : undefined
}

/**
 * The series of the recurring tasks of an export: those that were one stay one. Where a file has two open tasks of one,
 * or one that the trash may give back, the second begins a series of its own.
 */
function seriesIds(
  numbered: readonly { readonly of: ReadTask; readonly id: number }[],
  spare: readonly number[],
): ReadonlyMap<ReadTask, number> {
  const ids = new Map<number, number>()
  const hasOpen = new Set<number>()
  const found = new Map<ReadTask, number>()
  for (const { of, id } of numbered.toSorted((a, b) => Number(isTrash(a.of)) - Number(isTrash(b.of)))) {
    const before = seriesBefore(of)
    if (before === undefined) continue
    const common = ids.get(before) ?? spare[ids.size] ?? id
    ids.set(before, common)
    const isOpen = of.fields.completed !== true
    found.set(of, isOpen && hasOpen.has(before) ? id : common)
    if (isOpen) hasOpen.add(before)
  }
  return found
}

function isTrash({ task }: ReadTask): boolean {
  return typeof task.times?.deleted_at === 'string'
}

/** The day of the rule that the task stood for. */
function standingFor(recurrence: StoredRecurrence, before: unknown): StoredRecurrence {
  const { data } = recurrenceOutput.safeParse(before)
  if (data === undefined || data.rule !== recurrence.rule || !day.safeParse(data.occurrence).success) return recurrence
  const { occurrence, number } = data
  return number >= 1 && number <= MAX_NUMBER ? { ...recurrence, occurrence, number } : recurrence
}
const MAX_NUMBER = 1_000_000

function timesOf({ task: { times = {} } }: ReadTask, now: Date) {
  const created_at = timeOf(times.created_at) ?? now.toISOString()
  const completed_at = timeOf(times.completed_at)
  return {
    created_at,
    updated_at: timeOf(times.updated_at) ?? now.toISOString(),
    completed_at,
    deleted_at: timeOf(times.deleted_at),
  }
}

/** A time as it is stored; undefined for one that no program could have written, as for none. */
function timeOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d/.test(text)) return undefined
  const time = new Date(text)
  const year = time.getUTCFullYear()
  return year >= 1900 && year < 9999 ? time.toISOString() : undefined
}
