import type { Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { Icon, type IconName } from '../design/icon.tsx'
import { fieldText } from '../fields/field_labels.ts'
import { recurrenceText } from '../fields/recurrence_text.ts'
import { shortDayName } from '../views/day_name.ts'

interface TaskLabelsProps {
  readonly task: Task
  readonly moment: Moment
}

interface Label {
  readonly text: string
  readonly icon?: IconName
  readonly look?: string
}

/** The priority, start, tags, reminders and progress of a task, as small labels. Nothing where there are none. */
export function TaskLabels({ task, moment }: TaskLabelsProps) {
  const labels = labelsOf(task, moment)
  if (labels.length === 0) return null
  return (
    <span className="row-labels">
      {labels.map(({ text, icon, look }) => (
        <span key={text} className="row-label" data-look={look}>
          {icon && <Icon name={icon} />}
          {text}{' '}
        </span>
      ))}
    </span>
  )
}

function labelsOf({ priority, start_date, tags, checklist, reminders, recurrence }: Task, { today }: Moment): Label[] {
  const done = checklist.filter((item) => item.done).length
  return [
    ...(priority === null
      ? []
      : [{ text: `${fieldText('priority', priority)} priority`, icon: 'flag' as const, look: priority }]),
    ...(start_date === null || start_date <= today ? [] : [{ text: `Starts ${shortDayName(start_date, today)}` }]),
    ...(recurrence === null ? [] : [{ text: recurrenceText(recurrence), icon: 'repeat' as const }]),
    ...(checklist.length === 0 ? [] : [{ text: `${done}/${checklist.length} done`, icon: 'check' as const }]),
    ...(reminders.length === 0
      ? []
      : [{ text: `${reminders.length} ${reminders.length === 1 ? 'reminder' : 'reminders'}`, icon: 'bell' as const }]),
    ...tags.map((tag) => ({ text: `#${tag}`, look: 'tag' })),
  ]
}
