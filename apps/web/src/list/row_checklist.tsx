import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'

interface RowChecklistProps {
  readonly task: Task
  readonly id: string
  readonly onCheck: (task: Task, item_id: string, done: boolean) => void
}

/** The checklist below a row: an item is checked without opening the task. */
export function RowChecklist({ task, id, onCheck }: RowChecklistProps) {
  return (
    <ul className="row-checklist" id={id} aria-label={t.list.checklistOf(task.title)}>
      {task.checklist.map((item) => (
        <li key={item.id}>
          <label className="choice" data-done={item.done || undefined}>
            <input
              type="checkbox"
              className="box box-square"
              checked={item.done}
              onChange={() => onCheck(task, item.id, !item.done)}
            />
            <span dir="auto">{item.text}</span>
          </label>
        </li>
      ))}
    </ul>
  )
}
