import { localTime, type Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import { exactTime } from '../time.ts'
import { shortDayName } from '../views/day_name.ts'
import { dueText } from '../views/due_text.ts'
import { dueTime, isDueToday, isOverdue } from '../views/due.ts'
import { timeText } from '../views/time_text.ts'
import { t } from '../texts/texts.ts'

interface DueLabelProps {
  readonly task: Task
  readonly moment: Moment
  /** Whether a heading names the day already. */
  readonly isUnderDay: boolean
}

/** When a task is due where the user is: "Tomorrow 17:00". Of a completed one, when it was completed. */
export function DueLabel({ task, moment, isUnderDay }: DueLabelProps) {
  if (task.completed && task.completed_at !== null) {
    return (
      <time className="due" dateTime={task.completed_at} title={exactTime(task.completed_at)}>
        <span className="hidden">{t.list.due.completed} </span>
        {completedText(task.completed_at, moment, isUnderDay)}
      </time>
    )
  }
  const time = dueTime(task, moment)
  const text = isUnderDay ? time && timeText(time) : dueText(task, moment)
  if (text === null) return null
  const late = !task.completed && isOverdue(task, moment)
  const state = late ? 'overdue' : isDueToday(task, moment) ? 'today' : undefined
  const { due_date, due_time, due_zone } = task
  const exact = [due_date, due_time, due_zone].filter((part) => part !== null).join(' ')
  return (
    <time className="due" data-due={state} dateTime={task.due_at ?? due_date ?? ''} title={t.list.due.exactly(exact)}>
      <span className="hidden">{late ? t.list.due.overdue : t.list.due.due} </span>
      {text}
    </time>
  )
}

/** The time of a task that was completed today or under the heading of its day, else the day. */
function completedText(completed_at: string, { zone, today }: Moment, isUnderDay: boolean): string {
  const { day, time } = localTime(new Date(completed_at), zone)
  return isUnderDay || day === today ? timeText(time) : shortDayName(day, today)
}
