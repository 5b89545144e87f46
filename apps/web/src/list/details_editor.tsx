import { useId, type ComponentProps } from 'react'
import { Field } from '../design/field.tsx'
import type { DetailsDraft } from './details_draft.ts'

interface DetailsEditorProps {
  readonly details: DetailsDraft
  readonly onChange: (details: DetailsDraft) => void
}

/** Edits priority, dates, tags and checklist of a task. It is closed until the user opens it. */
export function DetailsEditor({ details, onChange }: DetailsEditorProps) {
  const id = useId()
  const input = (name: keyof DetailsDraft): Pick<ComponentProps<'input'>, 'value' | 'onChange'> => ({
    value: details[name],
    onChange: (event) => onChange({ ...details, [name]: event.target.value }),
  })
  return (
    <details className="editor-details">
      <summary>Dates, priority, tags</summary>
      <div className="editor-fields">
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
        <Field label="Due date" type="date" {...input('due_date')} />
        <Field label="Due time" type="time" {...input('due_time')} />
        <Field label="Time zone" list={`${id}-zones`} placeholder="Any" autoComplete="off" {...input('due_zone')} />
        <datalist id={`${id}-zones`}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field label="Start date" type="date" {...input('start_date')} />
        <Field label="Tags" placeholder="home, work" autoComplete="off" {...input('tags')} />
      </div>
      <p className="field">
        <label htmlFor={`${id}-checklist`}>Checklist, an item per line</label>
        <textarea
          id={`${id}-checklist`}
          className="input"
          rows={3}
          placeholder="[x] done&#10;[ ] to do"
          value={details.checklist}
          onChange={(event) => onChange({ ...details, checklist: event.target.value })}
        />
      </p>
    </details>
  )
}
