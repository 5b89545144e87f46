import type { Task } from '../client.ts'
import { recurrenceText } from './recurrence_text.ts'
import { reminderText } from './reminder_text.ts'
import { settableFields, type SettableField } from '@taskwire/offline'
import { t } from '../texts/texts.ts'

/** How each field is called on the screen. A field added to the published table does not compile without an entry. */
function labels(): Readonly<Record<string, string>> {
  return t.fields.labels satisfies Record<SettableField, string>
}

/** The values as text, where the general form does not read well. */
const texts: Readonly<Record<string, (value: unknown) => string>> = {
  completed: (value) => (value === true ? t.fields.completed : t.fields.pending),
  priority: priorityText,
  tags: listText,
  reminders: remindersText,
  recurrence: repeatsText,
  checklist: checklistText,
} satisfies Partial<Record<SettableField, (value: unknown) => string>>

function priorityText(value: unknown): string {
  return value === 'high' || value === 'medium' || value === 'low' ? t.fields.priority[value] : t.fields.priority.none
}

function listText(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : t.fields.none
}

function checklistText(value: unknown): string {
  const items = Array.isArray(value) ? value.filter(isItem) : []
  return items.length === 0 ? t.fields.none : items.map(({ text, done }) => `${done ? '☑' : '☐'} ${text}`).join(', ')
}

function remindersText(value: unknown): string {
  const reminders = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  return reminders.length === 0 ? t.fields.none : reminders.map(reminderText).join(', ')
}

function repeatsText(value: unknown): string {
  return isRecurrence(value) ? recurrenceText(value) : t.fields.doesNotRepeat
}

function isRecurrence(value: unknown): value is NonNullable<Task['recurrence']> {
  return typeof value === 'object' && value !== null && 'rule' in value && 'start' in value
}

function isItem(item: unknown): item is Task['checklist'][number] {
  return typeof item === 'object' && item !== null && 'text' in item && 'done' in item
}

/** The name of a field on the screen. A field that this build has no label for is shown by its name in the API. */
export function fieldLabel(name: string): string {
  return labels()[name] ?? t.fields.unknown(name.replaceAll('_', ' '))
}

/** The value of a field as text. */
export function fieldText(name: string, value: unknown): string {
  const text = texts[name]
  if (text !== undefined) return text(value)
  if (value === null || value === undefined || value === '') return t.fields.none
  if (typeof value === 'boolean') return value ? t.fields.yes : t.fields.no
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The settable fields in the order in which they are shown: known ones first, as in the table of labels. */
export const shownFields: readonly string[] = [
  ...Object.keys(labels()).filter((name) => settableFields.includes(name)),
  ...settableFields.filter((name) => !Object.hasOwn(labels(), name)),
]
