import type { FiredReminder } from '@taskwire/client'
import type { Messages } from '../messages.ts'
import { go } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { timeText } from '../views/time_text.ts'
import { pushChoice } from './push_choice.ts'

/** Where a click on a notification of the service worker leads. */
export interface ReminderData {
  readonly url: string
}

/** Tells of a reminder: on the page while the user looks at it, else by the system if they allowed it. */
export async function notifyReminder(reminder: FiredReminder, messages: Messages): Promise<void> {
  if (document.visibilityState === 'visible') return showMessage(reminder, messages)
  if (!(await showNotification(reminder).catch(() => false))) showMessage(reminder, messages)
}

function showMessage({ title, task_id }: FiredReminder, messages: Messages): void {
  messages.offer(t.reminders.message(title), {
    label: t.messages.show,
    run: () => go({ view: 'all', panel: 'task', id: task_id }),
  })
}

async function showNotification({ user_id, title, task_id, remind_at, due_time }: FiredReminder): Promise<boolean> {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return false
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration === undefined) return false
  const data: ReminderData = { url: `/#/all/task/${task_id}` }
  // Several tabs tell of the same reminder, and a push too: the tag makes them one.
  const tag = `reminder:${task_id}:${remind_at}`
  const isHidden = pushChoice(user_id)?.shows_title === false
  const body = due_time === null || isHidden ? t.reminders.dueToday : t.reminders.dueAt(timeText(due_time))
  await registration.showNotification(isHidden ? 'Taskwire' : title, { body, tag, data, icon: '/icons/icon-192.png' })
  return true
}
