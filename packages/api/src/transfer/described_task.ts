/** A task as a file describes it: nothing of it has been checked yet. */
export interface DescribedTask {
  /** Its place among the tasks of the file: 1, 2, 3 and so on. */
  readonly row: number
  /**
   * What the file's program knows the task by, so that a later export of it is recognized. Where there is nothing, the
   * task is recognized by its content.
   */
  readonly identity?: string | undefined
  /** Values by the names of our fields. Undefined and null are absent. */
  readonly fields: Readonly<Record<string, unknown>>
  /**
   * Of fields whose values depend on the `ReadContext`: what the file says instead, so that the task is recognized on
   * another day, and in another time zone. Undefined values take no part.
   */
  readonly written?: Readonly<Record<string, unknown>> | undefined
  readonly times?: TaskTimes
  /** Where the file is an export of ours. */
  readonly origin?: TaskOrigin | undefined
  /** The names of what the file has and a task has no place for. */
  readonly lost: readonly string[]
  /** Why the row is no task. */
  readonly problem?: string
}

/** RFC 3339, or any other text, which then does not count. */
export interface TaskTimes {
  readonly created_at?: unknown
  readonly updated_at?: unknown
  readonly completed_at?: unknown
  readonly deleted_at?: unknown
}

/** What an export of ours tells beside the fields that callers set. */
export interface TaskOrigin {
  readonly id: number
  readonly series_id: unknown
  readonly next_task_id: unknown
  readonly position: unknown
  readonly recurrence: unknown
}

/** Reads the tasks of a file, one after the other. Throws `UnreadableFile`. */
export type ReadFile = (text: string, context: ReadContext) => Iterable<DescribedTask | Pause>

/** What a reader yields after many lines without a task, so that other callers have their turn. */
export const PAUSE = 'pause'
export type Pause = typeof PAUSE

/** How many lines are read without a pause. */
export const LINES_AT_ONCE = 2000

/** What a file leaves open. */
export interface ReadContext {
  /** Today in the user's time zone: the year of a date without one. */
  readonly today: string
  /** The user's time zone: that of a time without one. */
  readonly zone: string
}

/** The most tasks of one file. */
export const MAX_TASKS = 10_000

export function tooManyTasks(): UnreadableFile {
  return new UnreadableFile(`it has more than ${MAX_TASKS} tasks: split it`)
}

/** The file is not of its format. The message says where and why. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}
