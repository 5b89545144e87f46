import type { Change } from '../client.ts'
import { fieldLabel, fieldText, shownFields } from '../fields/field_labels.ts'
import { isSameValue, type FieldValues } from '@taskwire/offline'
import { t } from '../texts/texts.ts'

/** The kind of a change as text. */
export function kindOf({ kind, undoes }: Change): string {
  const name = t.editor.kinds[kind]
  return undoes === null ? name : t.editor.undoOf(name)
}

/** Where a change came from, as text. */
export function sourceOf({ via }: Change): string {
  return t.editor.sources[via]
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
