import type { FieldChanges } from '@taskwire/offline'
import { recurrenceText } from '../fields/recurrence_text.ts'
import { reminderText } from '../fields/reminder_text.ts'
import type { IconName } from '../design/icon.tsx'
import { shortDayName } from '../views/day_name.ts'
import { timeText } from '../views/time_text.ts'
import type { Understood, UnderstoodSpan } from './understand.ts'
import { t } from '../texts/texts.ts'

/** A field that a new task will have, and how to do without it. */
export interface Chip {
  readonly key: string
  readonly icon?: IconName
  readonly label: string
  /** Undefined for a field that comes from the view. */
  readonly span?: UnderstoodSpan
}

/** The fields that a line gives a task, in words, one chip for each part of the text. */
export function chipsOf({ spans, fields }: Understood, today: string): Chip[] {
  let reminders = 0
  return spans.map((span) => {
    const { label, icon } = chipOf(span, fields, { today, reminder: span.is === 'reminder' ? reminders++ : 0 })
    return { key: `${span.is} ${span.from}`, label, ...(icon && { icon }), span }
  })
}

interface ChipContext {
  readonly today: string
  /** Which of the reminders the part of the text is. */
  readonly reminder: number
}

function chipOf(
  { is, text }: UnderstoodSpan,
  fields: FieldChanges,
  { today, reminder }: ChipContext,
): { label: string; icon?: IconName } {
  switch (is) {
    case 'due_date':
      return { label: shortDayName(fields.due_date ?? today, today), icon: 'calendar' }
    case 'due_time':
      return { label: timeText(fields.due_time ?? '00:00'), icon: 'clock' }
    case 'recurrence':
      return {
        label: fields.recurrence ? `${recurrenceText(fields.recurrence)}${from(fields, today)}` : text,
        icon: 'repeat',
      }
    case 'priority':
      return { label: t.fields.priorityLabel[fields.priority ?? 'none'], icon: 'flag' }
    case 'reminder':
      return { label: reminderText(fields.reminders?.[reminder] ?? ''), icon: 'bell' }
    case 'start_date':
      return { label: t.list.starts(shortDayName(fields.start_date ?? today, today)), icon: 'calendar' }
    case 'tag':
      return { label: text.replaceAll(/["“”]/g, '').toLowerCase() }
  }
}

/** The first day of a recurrence that does not begin today. */
function from({ due_date }: FieldChanges, today: string): string {
  return due_date && due_date !== today ? t.quickAdd.from(shortDayName(due_date, today)) : ''
}

/** What the view gives a new task, unless the text says otherwise: its day, its tag, its priority. */
export function chipsOfView(defaults: FieldChanges, today: string): Chip[] {
  const { due_date, tags = [], priority } = defaults
  return [
    ...(due_date ? [{ key: 'view due_date', label: shortDayName(due_date, today), icon: 'calendar' as const }] : []),
    ...(priority ? [{ key: 'view priority', label: t.fields.priorityLabel[priority], icon: 'flag' as const }] : []),
    ...tags.map((tag) => ({ key: `view tags ${tag}`, label: `#${tag}` })),
  ]
}
