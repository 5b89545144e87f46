import type { Task } from '../client.ts'
import type { FieldChanges } from '../fields/task_fields.ts'
import { randomId } from '../random_id.ts'

/** The details of a task as they are typed: text, empty for none. */
export interface DetailsDraft {
  readonly priority: string
  readonly due_date: string
  readonly due_time: string
  readonly due_zone: string
  readonly start_date: string
  /** Separated by commas. */
  readonly tags: string
  /** An item a line, `[x]` before one that is done. */
  readonly checklist: string
}

export function detailsOf(task: Task): DetailsDraft {
  return {
    priority: task.priority ?? '',
    due_date: task.due_date ?? '',
    due_time: task.due_time ?? '',
    due_zone: task.due_zone ?? '',
    start_date: task.start_date ?? '',
    tags: task.tags.join(', '),
    checklist: task.checklist.map(({ text, done }) => `[${done ? 'x' : ' '}] ${text}`).join('\n'),
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
    checklist: checklistOf(draft.checklist, base.checklist),
  }
}

/** Why the details are not valid, as a sentence; null if they are. The server judges the rest. */
export function detailsProblem({ due_date, due_time, due_zone, start_date }: DetailsDraft): string | null {
  if (due_date === '' && due_time !== '') return 'A due time needs a due date.'
  if (due_time === '' && due_zone.trim() !== '') return 'A time zone needs a due time.'
  if (due_zone.trim() !== '' && !isZone(due_zone.trim())) return 'There is no such time zone.'
  return due_date !== '' && start_date > due_date ? 'The start date must not be after the due date.' : null
}

function priorityOf(text: string): Task['priority'] {
  return text === 'high' || text === 'medium' || text === 'low' ? text : null
}

function tagsOf(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().replace(/^#+/, '').normalize('NFC').toLowerCase())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** The items of a text. One whose text an item had before keeps the id of that item. */
function checklistOf(text: string, before: Task['checklist']): Task['checklist'] {
  const left = [...before]
  return text.split('\n').flatMap((line) => {
    const [, mark = '', rest = ''] = /^\s*(?:[-*]\s*)?(?:\[(.?)\])?(.*)$/.exec(line) ?? []
    const itemText = rest.trim()
    if (itemText === '') return []
    const index = left.findIndex((item) => item.text === itemText)
    const [same] = index < 0 ? [] : left.splice(index, 1)
    return [{ id: same?.id ?? randomId().slice(0, 8), text: itemText, done: mark.trim() !== '' }]
  })
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
