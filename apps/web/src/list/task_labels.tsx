import type { Task } from '../client.ts'
import { fieldText } from '../fields/field_labels.ts'

/** The priority, dates, tags and progress of a task, as small labels. Nothing where there are none. */
export function TaskLabels({ task }: { readonly task: Task }) {
  const { priority, due_date, due_time, due_zone, start_date, tags, checklist } = task
  const due = [due_date, due_time, due_zone].filter((part) => part !== null).join(' ')
  const labels = [
    ...(priority === null ? [] : [`${fieldText('priority', priority)} priority`]),
    ...(due === '' ? [] : [`Due ${due}`]),
    ...(start_date === null ? [] : [`Starts ${start_date}`]),
    ...tags.map((tag) => `#${tag}`),
    ...(checklist.length === 0 ? [] : [`${checklist.filter(({ done }) => done).length}/${checklist.length} done`]),
  ]
  if (labels.length === 0) return null
  return (
    <span className="row-labels">
      {labels.map((label) => (
        <span key={label} className="row-label">
          {label}{' '}
        </span>
      ))}
    </span>
  )
}
