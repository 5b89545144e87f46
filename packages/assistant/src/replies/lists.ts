import type { Filter } from '../command.ts'
import type { KnownTask, TaskList } from '../tasks.ts'
import { fieldsText } from './fields.ts'
import { oneLine, quoted } from './quote.ts'

export function listText({ tasks, more }: TaskList, filter: Filter): string {
  const { status, search } = filter
  const condition = `${filterText(filter)}${search === undefined ? '' : ` that mention${tasks.length === 1 ? 's' : ''} ${quoted(search)}`}`
  const kind = status === 'all' ? '' : `${status} `
  if (tasks.length === 0) {
    if (search !== undefined) {
      return more
        ? `None of your newest tasks mentions ${quoted(search)}. You have so many that I have not looked at all of them.`
        : `No task mentions ${quoted(search)}.`
    }
    return status === 'all' && condition === '' ? 'Your list is empty.' : `You have no ${kind}tasks${condition}.`
  }
  const one = tasks.length === 1
  const heading = more
    ? `These are the newest ${tasks.length} of your ${kind}tasks${condition}; there are more:`
    : `You have ${one ? 'one' : tasks.length} ${kind}task${one ? '' : 's'}${condition}:`
  return `${heading}\n${numbered(tasks, status === 'all')}`
}

function filterText({ due, day, priority, tag }: Filter): string {
  const dueText = {
    overdue: ' that are overdue',
    today: ' due today',
    upcoming: ' due in the next 7 days',
    none: ' without a date',
    any: ' with a date',
  }
  return [
    due === undefined ? '' : dueText[due],
    day === undefined
      ? ''
      : day === 'tomorrow' || day === 'next week'
        ? ` due ${day}`
        : ` due on ${day.charAt(0).toUpperCase()}${day.slice(1)}`,
    priority === undefined ? '' : priority === 'none' ? ' without priority' : ` of ${priority} priority`,
    tag === undefined ? '' : ` tagged #${tag}`,
  ].join('')
}

export function numbered(tasks: readonly KnownTask[], withStatus: boolean): string {
  return tasks
    .map(
      (task, index) =>
        `${index + 1}. ${oneLine(task.title)}${fieldsText(task)}${withStatus && task.completed ? ' (completed)' : ''}`,
    )
    .join('\n')
}

export function countText({ tasks, more }: TaskList, filter: Filter): string {
  const { length } = tasks
  const number = more ? `more than ${length}` : length === 0 ? 'no' : `${length}`
  return `You have ${number} ${filter.status === 'all' ? '' : `${filter.status} `}task${length === 1 ? '' : 's'}${filterText(filter)}.`
}

export function detailText(task: KnownTask): string {
  const { title, description, completed } = task
  const notes = description ? ` Description: ${quoted(description)}` : ''
  return `${quoted(title)} is ${completed ? 'completed' : 'pending'}${fieldsText(task)}.${notes}`
}
