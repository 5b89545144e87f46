/** The tasks that a command is about, as the user named them. */
export type Target =
  /** Numbers as the user sees them: of the list that was shown last. A range such as `1-3` does not name each task. */
  | { readonly by: 'number'; readonly numbers: readonly number[]; readonly isRange: boolean }
  /** Positions in the list that was shown last, counted from 1; -1 is its last task. */
  | { readonly by: 'position'; readonly positions: readonly number[]; readonly isRange: boolean }
  | { readonly by: 'id'; readonly ids: readonly number[] }
  /** `parts`: the tasks that the name may list, such as `milk and bread`. */
  | { readonly by: 'name'; readonly name: string; readonly isQuoted: boolean; readonly parts?: readonly Target[] }
  | { readonly by: 'filter'; readonly filter: Filter }
  /** The tasks that were mentioned last: one ("it"), or all of them ("them"). */
  | { readonly by: 'mention'; readonly all: boolean }
  | { readonly by: 'nothing' }

export type Status = 'all' | 'pending' | 'completed'

/** Which tasks of the list are meant. */
export interface Filter {
  readonly status: Status
  readonly due?: 'overdue' | 'today' | 'upcoming' | 'none' | 'any'
  /** A day, or a week, in the words of quick add: `tomorrow`, `next week`. */
  readonly day?: string
  readonly priority?: Priority | 'none'
  readonly tag?: string
  readonly search?: string
}

export type Priority = 'high' | 'medium' | 'low'

export interface NewTask {
  /** The title with what quick add understands in it; a quoted title is taken as it is. */
  readonly title: string
  readonly isQuoted: boolean
  /** Dates and the like that stood outside a quoted title. */
  readonly more?: string
  readonly description?: string
}

export interface AddCommand {
  readonly do: 'add'
  readonly tasks: readonly NewTask[]
  /** Whether the user wants to be reminded. */
  readonly reminds: boolean
  /** "I have to ..." may be said without meaning the list. */
  readonly isVague: boolean
}

/** What `update` sets. `schedule` is text for quick add, all of which must be dates, times or a recurrence. */
export type TaskChange =
  | { readonly set: 'title'; readonly title: string }
  | { readonly set: 'description'; readonly description: string | null }
  | { readonly set: 'schedule'; readonly schedule: string | null }
  | { readonly set: 'recurrence'; readonly rule: string | null }
  | { readonly set: 'priority'; readonly priority: Priority | null }
  | { readonly set: 'tags'; readonly add: readonly string[]; readonly remove: readonly string[] }
  /** The new title is not known yet. */
  | { readonly set: 'nothing' }

export type TargetedCommand =
  | { readonly do: 'show'; readonly target: Target }
  | { readonly do: 'complete' | 'reopen'; readonly target: Target }
  /** `isVague`: "cancel the meeting" may not mean the list. */
  | { readonly do: 'delete'; readonly target: Target; readonly isVague: boolean }
  | { readonly do: 'update'; readonly target: Target; readonly change: TaskChange }

/** A command that the offline assistant understands. */
export type Command =
  | AddCommand
  | TargetedCommand
  | { readonly do: 'list' | 'count'; readonly filter: Filter }
  /** Takes back what the last message did, the last `times` changes, or all of the conversation. */
  | { readonly do: 'undo'; readonly times: number | 'message' | 'all' }
  | { readonly do: 'yes' | 'no' | 'help' | 'greet' | 'thanks' | 'bye' | 'trash' }

/** Whether a command may change tasks. */
export function isWrite(command: Command): boolean {
  return ['add', 'complete', 'reopen', 'delete', 'update', 'undo'].includes(command.do)
}
