import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Sheet } from '../design/sheet.tsx'
import { errorText } from '../error_text.ts'
import { formText } from '../form_text.ts'
import { currentRoute, hrefOf, listOf } from '../shell/route.ts'
import { deviceZone } from '../views/use_moment.ts'
import { useWorkspace } from '../workspace.ts'
import { NotificationChoice } from '../reminders/notification_choice.tsx'
import { LanguageChoice } from './language_choice.tsx'
import { changedSettings } from './settings.ts'
import { useSettings } from './use_settings.ts'
import { t } from '../texts/texts.ts'

/** The time zone that says what today is, and when tasks without a time remind. */
export default function SettingsPanel({ onClose }: { readonly onClose: () => void }) {
  const { settings: store, notify } = useWorkspace()
  const settings = useSettings()
  const id = useId()
  const [problem, setProblem] = useState<string | null>(null)
  const device = deviceZone()

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const entered = {
      time_zone: formText(form, 'time_zone').trim() || null,
      remind_time: formText(form, 'remind_time'),
      remind_by_mail: form.has('remind_by_mail'),
    }
    try {
      const changes = changedSettings(entered, settings)
      if (Object.keys(changes).length > 0) await store.update(changes)
      notify(t.shell.settingsSaved)
      onClose()
    } catch (error) {
      const reason = errorText(error).replace(/\.$/, '')
      setProblem(t.shell.settingsNotSaved(reason))
    }
  }

  return (
    <Sheet title={t.shell.settings} onClose={onClose}>
      <form className="settings" onSubmit={(event) => void save(event)} aria-describedby={`${id}-problem`}>
        <Field
          label={t.shell.timeZone}
          name="time_zone"
          list={`${id}-zones`}
          defaultValue={settings.time_zone ?? ''}
          placeholder={t.shell.thisDevice(device)}
          hint={t.shell.timeZoneHint}
          autoComplete="off"
        />
        <datalist id={`${id}-zones`}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field
          label={t.shell.reminderTime}
          name="remind_time"
          type="time"
          required
          defaultValue={settings.remind_time}
          hint={t.shell.reminderTimeHint}
        />
        <label className="choice">
          <input
            type="checkbox"
            className="box box-square"
            name="remind_by_mail"
            defaultChecked={settings.remind_by_mail === true}
          />
          <span>{t.shell.remindByMail}</span>
        </label>
        <p className="hint">{t.shell.remindByMailHint}</p>
        <NotificationChoice />
        <LanguageChoice />
        <p className="hint">
          <a href={hrefOf({ ...listOf(currentRoute()), panel: 'account' })}>{t.shell.inAccount}</a>
        </p>
        <p className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
        <div className="sheet-actions">
          <Button onClick={onClose}>{t.shell.cancel}</Button>
          <Button look="primary" type="submit">
            {t.shell.save}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
