import { settableFields, type SettableField } from './task_fields.ts'

interface FieldLabel {
  readonly label: string
  /** The value as text, where the general form does not read well. */
  readonly text?: (value: unknown) => string
}

/** How each field is called on the screen. A field added to the published table does not compile without an entry. */
const labels: Readonly<Record<string, FieldLabel>> = {
  title: { label: 'Title' },
  description: { label: 'Description' },
  completed: { label: 'Status', text: (value) => (value === true ? 'Completed' : 'Pending') },
} satisfies Record<SettableField, FieldLabel>

/** The name of a field on the screen. A field that this build has no label for is shown by its name in the API. */
export function fieldLabel(name: string): string {
  return labels[name]?.label ?? `Field “${name.replaceAll('_', ' ')}”`
}

/** The value of a field as text. */
export function fieldText(name: string, value: unknown): string {
  const text = labels[name]?.text
  if (text !== undefined) return text(value)
  if (value === null || value === undefined || value === '') return 'None'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The settable fields in the order in which they are shown: known ones first, as in the table of labels. */
export const shownFields: readonly string[] = [
  ...Object.keys(labels).filter((name) => settableFields.includes(name)),
  ...settableFields.filter((name) => !Object.hasOwn(labels, name)),
]
