import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Task } from '../client.ts'
import { recurrenceText } from '../fields/recurrence_text.ts'
import type { Snapshot } from '@taskwire/offline'
import type { ListQuery } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { numberText } from '../texts/number_text.ts'
import { dueText } from '../views/due_text.ts'
import { groupTasks } from '../views/group_tasks.ts'
import { useMoment } from '../views/use_moment.ts'

interface PrintedListProps {
  readonly snapshot: Snapshot
  readonly title: string
  readonly query: ListQuery
}

/** Every task of the view on paper, where the list on the screen has only those near the window. */
export function PrintedList(props: PrintedListProps) {
  const [isPrinting, setIsPrinting] = useState(false)
  useEffect(() => {
    // The page is printed as it is when the event ends.
    const begin = () => flushSync(() => setIsPrinting(true))
    const end = () => setIsPrinting(false)
    addEventListener('beforeprint', begin)
    addEventListener('afterprint', end)
    return () => {
      removeEventListener('beforeprint', begin)
      removeEventListener('afterprint', end)
    }
  }, [])
  return isPrinting ? <Paper {...props} /> : null
}

const isLingering = () => false

function Paper({ snapshot, title, query }: PrintedListProps) {
  const moment = useMoment()
  const groups = groupTasks(snapshot.tasks, { query, moment, isLingering })
  return (
    <section className="paper">
      <h1 className="paper-title">{title}</h1>
      {groups.map((group) => (
        <section key={group.key}>
          {group.title !== null && (
            <h2 className="paper-group">
              {group.title} {numberText(group.tasks.length)}
            </h2>
          )}
          <ul>
            {group.tasks.map((task) => (
              <PaperTask key={task.id} task={task} due={dueText(task, moment)} />
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 && <p>{t.list.empty.all}</p>}
    </section>
  )
}

function PaperTask({ task, due }: { readonly task: Task; readonly due: string | null }) {
  const details = [
    task.priority && t.fields.priorityLabel[task.priority],
    due,
    task.recurrence && recurrenceText(task.recurrence),
    ...task.tags.map((tag) => `#${tag}`),
  ].filter((part) => part !== null)
  return (
    <li className="paper-task" data-completed={task.completed || undefined}>
      <span className="paper-name" dir="auto">
        {task.title}
      </span>
      {details.length > 0 && <span className="paper-details">{details.join(' · ')}</span>}
      {task.description && (
        <span className="paper-description" dir="auto">
          {task.description}
        </span>
      )}
      {task.checklist.map((item) => (
        <span key={item.id} className="paper-item" data-completed={item.done || undefined} dir="auto">
          {item.text}
        </span>
      ))}
    </li>
  )
}
