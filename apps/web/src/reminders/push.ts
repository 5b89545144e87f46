import { chosenLanguage } from '../texts/language.ts'
import type { AuthCall } from '../session/auth_call.ts'
import { storePushChoice, type PushChoice } from './push_choice.ts'

/**
 * Has this browser told of reminders while Taskwire is closed, and remembers that. To be repeated whenever the app opens: the
 * browser may have another subscription by now, and the server ends it with the session. Rejects where the browser or the
 * server refuses it.
 */
export async function subscribeToPush(call: AuthCall, choice: PushChoice): Promise<void> {
  const pushManager = await pushManagerHere()
  const key = await serverKey(call)
  const known = await pushManager.getSubscription()
  // A browser refuses to subscribe for another key before that.
  if (known !== null && keyOf(known) !== key) await known.unsubscribe()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const { endpoint, keys } = subscription.toJSON()
  const { shows_title } = choice
  const body = {
    endpoint,
    keys: { p256dh: keys?.['p256dh'], auth: keys?.['auth'] },
    language: chosenLanguage(),
    shows_title,
  }
  const { error } = await call('/push/subscribe', body)
  if (error !== null) throw new Error(`The server refused the subscription: ${error.status}`)
  storePushChoice(choice)
}

/** Ends it, in the browser and at the server. */
export async function unsubscribeFromPush(call: AuthCall): Promise<void> {
  const endpoint = await unsubscribeHere()
  // The push service tells the server, too, at the next reminder.
  if (endpoint !== undefined) await call('/push/unsubscribe', { endpoint })
}

/** Ends it in the browser, and returns the endpoint that it had. */
export async function unsubscribeHere(): Promise<string | undefined> {
  storePushChoice(null)
  const registration = await navigator.serviceWorker?.getRegistration()
  const subscription = await registration?.pushManager?.getSubscription()
  await subscription?.unsubscribe()
  return subscription?.endpoint
}

async function pushManagerHere(): Promise<PushManager> {
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration === undefined) throw new Error('The service worker is not registered')
  return registration.pushManager
}

async function serverKey(call: AuthCall): Promise<string> {
  const { data } = await call('/push/key')
  const { public_key } = { public_key: undefined, ...Object(data) }
  if (typeof public_key !== 'string') throw new Error('The server has no key for pushes')
  return public_key
}

/** The key that a subscription was made for, as the server writes it. */
function keyOf({ options: { applicationServerKey } }: PushSubscription): string {
  const bytes = new Uint8Array(applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
