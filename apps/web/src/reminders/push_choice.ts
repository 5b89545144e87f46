import type { AuthCall } from '../session/auth_call.ts'

/** What the user wants of this browser while Taskwire is closed. */
export interface PushChoice {
  readonly user_id: string
  /** Whether notifications name the task and when it is due. */
  readonly shows_title: boolean
}

const STORED = 'taskwire.push'

/** Null where this user has not turned it on in this browser, whatever another one has chosen there. */
export function pushChoice(user_id: string): PushChoice | null {
  const choice = storedChoice()
  return choice?.user_id === user_id ? choice : null
}

/** That of whoever turned it on last. */
function storedChoice(): PushChoice | null {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
  if (typeof stored !== 'object' || stored === null || !('user_id' in stored)) return null
  const { user_id } = stored
  if (typeof user_id !== 'string') return null
  return { user_id, shows_title: !('shows_title' in stored) || stored.shows_title !== false }
}

export function storePushChoice(choice: PushChoice | null): void {
  if (choice === null) localStorage.removeItem(STORED)
  else localStorage.setItem(STORED, JSON.stringify(choice))
}

/** How far this browser can show reminders while Taskwire is closed. Those of an iPhone or iPad can once the app is installed. */
export function pushSupport(): 'here' | 'installed' | 'missing' {
  if ('serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis) return 'here'
  return 'standalone' in navigator && navigator.standalone === false ? 'installed' : 'missing'
}

/** Brings the browser's subscription in line with the choice, when a user opens the app: another one's ends. */
export async function renewPush(session: { readonly call: AuthCall }, user_id: string): Promise<void> {
  const choice = storedChoice()
  if (choice === null) return
  const { subscribeToPush, unsubscribeHere } = await import('./push.ts')
  if (choice.user_id !== user_id) await unsubscribeHere()
  else if (Notification.permission === 'granted') await subscribeToPush(session.call, choice)
}

/** Ends the pushes of this browser. The server's part ends with the session. */
export async function forgetPush(): Promise<void> {
  if (storedChoice() === null) return
  const { unsubscribeHere } = await import('./push.ts')
  await unsubscribeHere()
}
