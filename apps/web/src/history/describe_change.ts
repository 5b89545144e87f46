import type { Change } from '../client.ts'
import { fieldLabel, fieldText, shownFields } from '../fields/field_labels.ts'
import { isSameValue, type FieldValues } from '../fields/task_fields.ts'

const kinds: Readonly<Record<Change['kind'], string>> = {
  created: 'Created',
  updated: 'Updated',
  completed: 'Completed',
  reopened: 'Reopened',
  deleted: 'Deleted',
  restored: 'Restored',
}

const sources: Readonly<Record<Change['via'], string>> = {
  trpc: 'You, in an app',
  rest: 'You, through the REST API',
  mcp: 'An agent, through MCP',
  chat: 'The assistant',
  sql: 'Directly in the database',
}

/** The kind of a change as text. */
export function kindOf({ kind, undoes }: Change): string {
  return undoes === null ? kinds[kind] : `${kinds[kind]} (undo)`
}

/** Where a change came from, as text. */
export function sourceOf({ via }: Change): string {
  return sources[via]
}

export interface Difference {
  readonly field: string
  /** Undefined if the field had no value. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** The fields of the task that the change gave another value. A field that did not exist yet is left out. */
export function differencesOf(change: Change): Difference[] {
  if (change.after === null || change.before === null) return []
  // The kind of the change says it already.
  if (change.kind === 'completed' || change.kind === 'reopened') return []
  const before: FieldValues = change.before
  const after: FieldValues = change.after
  return shownFields
    .filter((name) => name in before && name in after && !isSameValue(before[name], after[name]))
    .map((name) => ({ field: fieldLabel(name), before: textOf(name, before), after: textOf(name, after) }))
}

function textOf(name: string, task: FieldValues): string | undefined {
  const value = task[name] ?? null
  return value === null ? undefined : fieldText(name, value)
}
