import { useId, type ComponentProps } from 'react'
import { Field } from '../design/field.tsx'
import { useSnapshot } from '../workspace.ts'
import { ChecklistEditor } from './checklist_editor.tsx'
import type { DetailsDraft } from './details_draft.ts'
import { RecurrenceEditor } from './recurrence_editor.tsx'
import { RemindersEditor } from './reminders_editor.tsx'

interface DetailsEditorProps {
  readonly details: DetailsDraft
  readonly onChange: (details: DetailsDraft) => void
}

type TextField = Exclude<keyof DetailsDraft, 'reminders' | 'recurrence' | 'checklist'>

/** Edits dates, repetition, reminders, priority, tags and checklist of a task. */
export default function DetailsEditor({ details, onChange }: DetailsEditorProps) {
  const id = useId()
  const input = (name: TextField): Pick<ComponentProps<'input'>, 'value' | 'onChange'> => ({
    value: details[name],
    onChange: (event) => onChange({ ...details, [name]: event.target.value }),
  })
  return (
    <div className="editor-details">
      <div className="editor-fields">
        <Field label="Due date" type="date" {...input('due_date')} />
        <Field label="Due time" type="time" {...input('due_time')} />
        <Field label="Time zone" list={`${id}-zones`} placeholder="Any" autoComplete="off" {...input('due_zone')} />
        <datalist id={`${id}-zones`}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field label="Start date" type="date" {...input('start_date')} />
        <RecurrenceEditor
          recurrence={details.recurrence}
          due_date={details.due_date}
          onChange={(recurrence, due_date) => onChange({ ...details, recurrence, due_date })}
        />
        <RemindersEditor reminders={details.reminders} onChange={(reminders) => onChange({ ...details, reminders })} />
        <p className="field">
          <label htmlFor={`${id}-priority`}>Priority</label>
          <select
            id={`${id}-priority`}
            className="input"
            value={details.priority}
            onChange={(event) => onChange({ ...details, priority: event.target.value })}
          >
            <option value="">None</option>
            <option value="high">High</option>
            <option value="medium">Medium</option>
            <option value="low">Low</option>
          </select>
        </p>
        <Field label="Tags" placeholder="home, work" list={`${id}-tags`} autoComplete="off" {...input('tags')} />
        <TagChoices id={`${id}-tags`} typed={details.tags} />
      </div>
      <ChecklistEditor checklist={details.checklist} onChange={(checklist) => onChange({ ...details, checklist })} />
    </div>
  )
}

/** The tags in use, each behind what is typed already. */
function TagChoices({ id, typed }: { readonly id: string; readonly typed: string }) {
  const { tasks } = useSnapshot()
  const before = typed.includes(',') ? `${typed.slice(0, typed.lastIndexOf(','))}, ` : ''
  const tags = new Set(tasks.flatMap((task) => task.tags))
  return (
    <datalist id={id}>
      {[...tags].map((tag) => (
        <option key={tag} value={before + tag} />
      ))}
    </datalist>
  )
}
