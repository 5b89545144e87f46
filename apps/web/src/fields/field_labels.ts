import type { Task } from '../client.ts'
import { recurrenceText } from './recurrence_text.ts'
import { reminderText } from './reminder_text.ts'
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
  priority: { label: 'Priority', text: priorityText },
  tags: { label: 'Tags', text: listText },
  due_date: { label: 'Due date' },
  due_time: { label: 'Due time' },
  due_zone: { label: 'Time zone' },
  start_date: { label: 'Start date' },
  reminders: { label: 'Reminders', text: remindersText },
  recurrence: { label: 'Repeats', text: repeatsText },
  checklist: { label: 'Checklist', text: checklistText },
} satisfies Record<SettableField, FieldLabel>

function priorityText(value: unknown): string {
  return typeof value === 'string' ? value.charAt(0).toUpperCase() + value.slice(1) : 'None'
}

function listText(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : 'None'
}

function checklistText(value: unknown): string {
  const items = Array.isArray(value) ? value.filter(isItem) : []
  return items.length === 0 ? 'None' : items.map(({ text, done }) => `${done ? '☑' : '☐'} ${text}`).join(', ')
}

function remindersText(value: unknown): string {
  const reminders = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  return reminders.length === 0 ? 'None' : reminders.map(reminderText).join(', ')
}

function repeatsText(value: unknown): string {
  return isRecurrence(value) ? recurrenceText(value) : 'Does not repeat'
}

function isRecurrence(value: unknown): value is NonNullable<Task['recurrence']> {
  return typeof value === 'object' && value !== null && 'rule' in value && 'start' in value
}

function isItem(item: unknown): item is Task['checklist'][number] {
  return typeof item === 'object' && item !== null && 'text' in item && 'done' in item
}

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
