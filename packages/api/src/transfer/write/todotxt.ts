import type { Task } from '../../task/schema.ts'
import { isSyntax } from '../read/todotxt.ts'
import { taskUid } from '../task_uid.ts'

const LETTERS = { high: 'A', medium: 'B', low: 'C' } as const

/** A task as a line of todo.txt. What the format has no syntax for are words `key:value`, percent-encoded where needed. */
export function todoTxtLine(task: Task): string {
  const { completed, priority, completed_at, created_at } = task
  const letter = priority === null ? undefined : LETTERS[priority]
  const words = [
    ...(completed ? ['x'] : []),
    ...(letter !== undefined && !completed ? [`(${letter})`] : []),
    ...(completed ? [(completed_at ?? created_at).slice(0, 10)] : []),
    created_at.slice(0, 10),
    titleWord(task.title),
    ...task.tags.map((tag) => (/\s/.test(tag) ? keyed('tag', tag) : `@${tag}`)),
    ...(letter !== undefined && completed ? [`pri:${letter}`] : []),
    ...datesOf(task),
    ...(task.description === null ? [] : [keyed('note', task.description)]),
    ...task.checklist.map(({ text, done }) => keyed(done ? 'checked' : 'check', text)),
    `id:${taskUid(task.user_id, task)}`,
  ]
  return `${words.join(' ')}\n`
}

function datesOf({ due_date, due_time, due_zone, start_date, reminders, recurrence }: Task): string[] {
  return [
    ...(due_date === null ? [] : [`due:${due_date}`]),
    ...(due_time === null ? [] : [`time:${due_time}`]),
    ...(due_zone === null ? [] : [`zone:${due_zone}`]),
    ...(start_date === null ? [] : [`t:${start_date}`]),
    ...reminders.map((reminder) => `remind:${reminder}`),
    ...(recurrence === null ? [] : [keyed('rrule', recurrence.rule), `next:${recurrence.next}`]),
  ]
}

function titleWord(title: string): string {
  return readsAsText(title) ? title : keyed('title', title)
}

/** Whether a title is read back as it is: none of its words is syntax, and its blanks are single. */
function readsAsText(title: string): boolean {
  if (/[^\S ]| {2}|^ | $/.test(title) || /^(x |\([A-Z]\) |\d{4}-\d\d-\d\d( |$))/.test(title)) return false
  return title.split(' ').every((word) => !isSyntax(word) && (!/^[^:]+:[^:]/.test(word) || /^\w+:\/\//.test(word)))
}

function keyed(key: string, value: string): string {
  return `${key}:${encodeURIComponent(value)}`
}
