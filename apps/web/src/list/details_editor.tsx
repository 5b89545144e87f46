import { FIRST_DAY, LAST_DAY } from '@taskwire/calendar'
import { useId, type ComponentProps } from 'react'
import { Field } from '../design/field.tsx'
import { useSnapshot } from '../workspace.ts'
import { ChecklistEditor } from './checklist_editor.tsx'
import type { DetailsDraft } from './details_draft.ts'
import { RecurrenceEditor } from './recurrence_editor.tsx'
import { RemindersEditor } from './reminders_editor.tsx'
import { t } from '../texts/texts.ts'

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
        <Field label={t.fields.labels.due_date} type="date" min={FIRST_DAY} max={LAST_DAY} {...input('due_date')} />
        <Field label={t.fields.labels.due_time} type="time" {...input('due_time')} />
        <Field
          label={t.fields.labels.due_zone}
          list={`${id}-zones`}
          placeholder={t.editor.any}
          autoComplete="off"
          {...input('due_zone')}
        />
        <datalist id={`${id}-zones`}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field label={t.fields.labels.start_date} type="date" min={FIRST_DAY} max={LAST_DAY} {...input('start_date')} />
        <RecurrenceEditor
          recurrence={details.recurrence}
          due_date={details.due_date}
          onChange={(recurrence, due_date) => onChange({ ...details, recurrence, due_date })}
        />
        <RemindersEditor reminders={details.reminders} onChange={(reminders) => onChange({ ...details, reminders })} />
        <p className="field">
          <label htmlFor={`${id}-priority`}>{t.fields.labels.priority}</label>
          <select
            id={`${id}-priority`}
            className="input"
            value={details.priority}
            onChange={(event) => onChange({ ...details, priority: event.target.value })}
          >
            <option value="">{t.fields.priority.none}</option>
            <option value="high">{t.fields.priority.high}</option>
            <option value="medium">{t.fields.priority.medium}</option>
            <option value="low">{t.fields.priority.low}</option>
          </select>
        </p>
        <Field
          label={t.fields.labels.tags}
          placeholder={t.editor.tagsExample}
          list={`${id}-tags`}
          autoComplete="off"
          {...input('tags')}
        />
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
