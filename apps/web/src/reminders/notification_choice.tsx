import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { t } from '../texts/texts.ts'
import { pushSupport } from './push_choice.ts'
import { PushSwitch } from './push_switch.tsx'

/** Asks the browser to show reminders while Taskwire is in the background, or closed. */
export function NotificationChoice() {
  const [permission, setPermission] = useState(currentPermission)
  return (
    <div className="field">
      <span className="field-name">{t.reminders.notifications}</span>
      {permission === 'default' && (
        <Button onClick={() => void Notification.requestPermission().then(setPermission)}>{t.reminders.allow}</Button>
      )}
      <span className="hint" role="status">
        {pushSupport() === 'installed' ? t.reminders.push.install : t.reminders.states[permission]}
      </span>
      {permission === 'granted' && <PushSwitch />}
    </div>
  )
}

function currentPermission(): NotificationPermission | 'missing' {
  return 'Notification' in globalThis ? Notification.permission : 'missing'
}
