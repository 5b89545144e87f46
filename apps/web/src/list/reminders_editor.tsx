import { FIRST_DAY, isReminder, LAST_DAY } from '@taskwire/calendar'
import { useId, useState } from 'react'
import { taskFields } from '@taskwire/client'
import { Button } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import { reminderText } from '../fields/reminder_text.ts'
import { t } from '../texts/texts.ts'

interface RemindersEditorProps {
  readonly reminders: readonly string[]
  readonly onChange: (reminders: readonly string[]) => void
}

const presets = ['PT0S', 'PT10M', 'PT30M', 'PT1H', 'P1D', 'P2D', 'P1W']
const AT_TIME = 'at'

/** The reminders of a task: before it is due, or at a time. */
export function RemindersEditor({ reminders, onChange }: RemindersEditorProps) {
  const id = useId()
  const [time, setTime] = useState<string>()
  const add = (reminder: string) => onChange([...new Set([...reminders, reminder])])
  const isFull = reminders.length >= taskFields.reminders.maxItems

  return (
    <div className="field editor-reminders">
      <label htmlFor={`${id}-add`}>{t.fields.labels.reminders}</label>
      {reminders.length > 0 && (
        <ul className="chips" aria-label={t.editor.remindersOfTask}>
          {reminders.map((reminder) => (
            <li key={reminder}>
              <button
                type="button"
                className="chip"
                onClick={() => onChange(reminders.filter((other) => other !== reminder))}
                aria-label={t.editor.removeReminder(reminderText(reminder))}
              >
                <Icon name="bell" />
                <span>{reminderText(reminder)}</span>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <select
        id={`${id}-add`}
        className="input"
        value={time === undefined ? '' : AT_TIME}
        disabled={isFull}
        onChange={({ target: { value } }) => {
          setTime(value === AT_TIME ? '' : undefined)
          if (value !== '' && value !== AT_TIME) add(value)
        }}
      >
        <option value="">{isFull ? t.editor.noMoreThanFive : t.editor.addAReminder}</option>
        {presets
          .filter((preset) => !reminders.includes(preset))
          .map((preset) => (
            <option key={preset} value={preset}>
              {reminderText(preset)}
            </option>
          ))}
        <option value={AT_TIME}>{t.editor.atATime}</option>
      </select>
      {time !== undefined && (
        <span className="reminder-time">
          <input
            type="datetime-local"
            className="input"
            aria-label={t.editor.timeOfReminder}
            min={`${FIRST_DAY}T00:00`}
            max={`${LAST_DAY}T23:59`}
            value={time}
            onChange={({ target }) => setTime(target.value)}
          />
          <Button
            disabled={!isReminder(toTheMinute(time))}
            onClick={() => {
              add(toTheMinute(time))
              setTime(undefined)
            }}
          >
            {t.editor.addReminder}
          </Button>
        </span>
      )}
    </div>
  )
}

function toTheMinute(time: string): string {
  return time.replace(/(T\d\d:\d\d):.*$/, '$1')
}
