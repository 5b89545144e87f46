/** The tasks that a command is about, as the user named them. */
export type Target =
  | { readonly by: 'number'; readonly numbers: readonly number[] }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'status'; readonly status: Status }
  /** A position in the list that was shown last, counted from 1; -1 is its last task. */
  | { readonly by: 'position'; readonly position: number }
  /** The tasks mentioned last: one ("it"), or all of them ("them"). */
  | { readonly by: 'mention'; readonly all: boolean }
  | { readonly by: 'nothing' }

export type Status = 'all' | 'pending' | 'completed'

export interface NewTask {
  readonly title: string
  readonly description?: string
}

/** A command that the offline assistant understands. */
export type Command =
  | { readonly do: 'add'; readonly tasks: readonly NewTask[]; readonly reminder: boolean }
  | { readonly do: 'list'; readonly status: Status; readonly search?: string; readonly dated: boolean }
  | { readonly do: 'count'; readonly status: Status }
  | { readonly do: 'show'; readonly target: Target }
  | { readonly do: 'complete' | 'reopen' | 'delete'; readonly target: Target }
  | { readonly do: 'update'; readonly target: Target; readonly title?: string; readonly description?: string | null }
  | { readonly do: 'undo'; readonly times: number; readonly seq?: number }
  | { readonly do: 'yes' | 'no' | 'help' | 'greet' | 'thanks' | 'unknown' }
  | { readonly do: 'decline'; readonly request: UnsupportedRequest }

/** Requests that the offline assistant cannot fulfil. */
export type UnsupportedRequest = 'others' | 'dates' | 'priorities' | 'sharing' | 'trash'
