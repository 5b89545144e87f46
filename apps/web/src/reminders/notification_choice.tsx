import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { t } from '../texts/texts.ts'

/** Asks the browser to show reminders while Taskwire is open in the background. */
export function NotificationChoice() {
  const [permission, setPermission] = useState(currentPermission)
  return (
    <div className="field">
      <span>{t.reminders.notifications}</span>
      {permission === 'default' && (
        <Button onClick={() => void Notification.requestPermission().then(setPermission)}>{t.reminders.allow}</Button>
      )}
      <span className="hint" role="status">
        {t.reminders.states[permission]}
      </span>
    </div>
  )
}

function currentPermission(): NotificationPermission | 'missing' {
  return 'Notification' in globalThis ? Notification.permission : 'missing'
}
