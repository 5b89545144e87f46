import type { Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { Icon, type IconName } from '../design/icon.tsx'
import { recurrenceText } from '../fields/recurrence_text.ts'
import { shortDayName } from '../views/day_name.ts'
import { t } from '../texts/texts.ts'

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
    ...(priority === null ? [] : [{ text: t.fields.priorityLabel[priority], icon: 'flag' as const, look: priority }]),
    ...(start_date === null || start_date <= today ? [] : [{ text: t.list.starts(shortDayName(start_date, today)) }]),
    ...(recurrence === null ? [] : [{ text: recurrenceText(recurrence), icon: 'repeat' as const }]),
    ...(checklist.length === 0 ? [] : [{ text: t.list.doneOf(done, checklist.length), icon: 'check' as const }]),
    ...(reminders.length === 0 ? [] : [{ text: t.list.reminders(reminders.length), icon: 'bell' as const }]),
    ...tags.map((tag) => ({ text: `#${tag}`, look: 'tag' })),
  ]
}
