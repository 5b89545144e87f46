import { foldedTag, isDay, isRelativeReminder, isReminder, isZone, neverProblem, parseRule } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { randomId, type FieldChanges } from '@taskwire/offline'
import { t } from '../texts/texts.ts'
import { checklistProblem, tagsProblem } from './text_limits.ts'

/** A recurrence while it is edited. Without a rule there is none. */
export interface RecurrenceDraft {
  readonly rule: string
  readonly next: NonNullable<Task['recurrence']>['next']
}

/** The details of a task as they are edited: text, empty for none. */
export interface DetailsDraft {
  readonly priority: string
  readonly due_date: string
  readonly due_time: string
  readonly due_zone: string
  readonly start_date: string
  /** Separated by commas. */
  readonly tags: string
  readonly reminders: readonly string[]
  readonly recurrence: RecurrenceDraft
  readonly checklist: Task['checklist']
}

export function detailsOf(task: Task): DetailsDraft {
  return {
    priority: task.priority ?? '',
    due_date: task.due_date ?? '',
    due_time: task.due_time ?? '',
    due_zone: task.due_zone ?? '',
    start_date: task.start_date ?? '',
    tags: task.tags.join(', '),
    reminders: task.reminders,
    recurrence: { rule: task.recurrence?.rule ?? '', next: task.recurrence?.next ?? 'upcoming' },
    checklist: task.checklist,
  }
}

/** The fields that a draft stands for. Without a date there is no time, without a time no zone. */
export function fieldsOf(draft: DetailsDraft, base: Task): FieldChanges {
  const due_date = draft.due_date || null
  const due_time = due_date === null ? null : draft.due_time || null
  const due_zone = due_time === null ? null : draft.due_zone.trim() || null
  return {
    priority: priorityOf(draft.priority),
    due_date,
    due_time,
    due_zone,
    start_date: draft.start_date || null,
    tags: tagsOf(draft.tags),
    reminders: [...draft.reminders],
    recurrence: recurrenceOf(draft, base),
    checklist: itemsOf(draft.checklist),
  }
}

/** Why the details are not valid, as a sentence; null if they are. The server judges the rest. */
export function detailsProblem(draft: DetailsDraft): string | null {
  const { due_date, due_time, due_zone, start_date, recurrence, reminders } = draft
  // A date field has a value after the first digit of the year already, and takes years of six digits.
  if (due_date !== '' && !isDay(due_date)) return t.editor.problems.noSuchDueDate
  if (start_date !== '' && !isDay(start_date)) return t.editor.problems.noSuchStartDate
  if (!reminders.every(isReminder)) return t.editor.problems.noSuchReminder
  if (due_date === '' && due_time !== '') return t.editor.problems.timeWithoutDate
  if (due_time === '' && due_zone.trim() !== '') return t.editor.problems.zoneWithoutTime
  if (due_zone.trim() !== '' && !isZone(due_zone.trim())) return t.editor.problems.noSuchZone
  if (due_date === '' && recurrence.rule !== '') return t.editor.problems.ruleWithoutDate
  if (due_date === '' && reminders.some(isRelativeReminder)) return t.editor.problems.reminderWithoutDate
  if (due_date !== '' && start_date > due_date) return t.editor.problems.startAfterDue
  return ruleProblem(draft) ?? tagsProblem(tagsOf(draft.tags)) ?? checklistProblem(draft.checklist)
}

function ruleProblem({ recurrence: { rule: text }, due_date }: DetailsDraft): string | null {
  if (text === '' || due_date === '') return null
  const { rule, problem } = parseRule(text)
  const message = problem?.message ?? (rule && neverProblem(rule, due_date)?.message)
  return message === undefined ? null : t.editor.problems.rule(message)
}

/** A recurrence that was not edited stays as it is: the task stands for its occurrence, wherever its date moves. */
function recurrenceOf({ recurrence: { rule, next }, due_date }: DetailsDraft, { recurrence: before }: Task) {
  if (rule === '' || due_date === '') return null
  if (before?.rule === rule && before.next === next) return before
  return { rule, next, start: due_date, occurrence: due_date, number: 1 }
}

function priorityOf(text: string): Task['priority'] {
  return text === 'high' || text === 'medium' || text === 'low' ? text : null
}

function tagsOf(text: string): string[] {
  const tags = text.split(',').map((tag) => foldedTag(tag.replaceAll(/\p{Cc}+/gu, ' ').replace(/^[#\s]+/, '')))
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** Items without a text are not stored. */
function itemsOf(checklist: Task['checklist']): Task['checklist'] {
  return checklist.flatMap((item) => {
    const text = item.text.trim()
    return text === '' ? [] : [{ ...item, text }]
  })
}

/** A new item of a checklist, with an id of its own. */
export function newItem(text = ''): Task['checklist'][number] {
  return { id: randomId().slice(0, 8), text, done: false }
}
