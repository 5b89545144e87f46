import { createHash } from 'node:crypto'
import type { Poster } from '../webhook/post.ts'
import { encryptedPush } from './encrypt.ts'
import type { ReminderPush } from './queue.ts'
import type { PushAuthorization } from './vapid.ts'
import { isPushEndpoint } from './subscription.ts'

export interface Sending {
  readonly poster: Poster
  readonly authorization: PushAuthorization
  readonly allowPrivate: boolean
  readonly now: () => Date
}

/** How an attempt ended. */
export type PushOutcome =
  | { readonly kind: 'sent' }
  /** The browser has ended its subscription. */
  | { readonly kind: 'gone' }
  /** Never accepted, however often it is sent. */
  | { readonly kind: 'refused'; readonly status: number | null }
  /** With the seconds that the push service asks to wait, if it does. */
  | { readonly kind: 'failed'; readonly wait: number | null }

const DAY_S = 86_400

/** Sends a reminder to the push service of a browser. Rejects only when `signal` is aborted. */
export async function sendPush(sending: Sending, push: ReminderPush, signal: AbortSignal): Promise<PushOutcome> {
  const { poster, authorization, allowPrivate, now } = sending
  const { endpoint, event } = push
  if (!isPushEndpoint(endpoint, allowPrivate)) return { kind: 'refused', status: null }
  const headers = {
    authorization: await authorization(new URL(endpoint).origin),
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    // A browser that is offline gets it later, as long as it is worth something.
    ttl: String(Math.max(0, Math.round(DAY_S - (now().getTime() - Date.parse(event.remind_at)) / 1000))),
    urgency: 'high',
    // Sent twice after a failure, it is shown once: it replaces the one that still waits.
    topic: createHash('sha256').update(`${event.task_id} ${event.remind_at}`).digest('base64url').slice(0, 32),
  }
  const outcome = await poster.post({ url: endpoint, headers, body: encryptedPush(payloadOf(push), push) }, signal)
  if ('error' in outcome) return { kind: 'failed', wait: null }
  return judged(outcome.status, outcome.retryAfter, now())
}

function judged(status: number, retryAfter: string | undefined, now: Date): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  if (status === 404 || status === 410) return { kind: 'gone' }
  if (status === 429 || status >= 500) return { kind: 'failed', wait: secondsOf(retryAfter, now) }
  return { kind: 'refused', status }
}

/** A `Retry-After` (RFC 9110, 10.2.3) in seconds, at most a day; null where there is none. */
function secondsOf(retryAfter: string | undefined, now: Date): number | null {
  if (retryAfter === undefined) return null
  const seconds = /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - now.getTime()) / 1000)
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 1), DAY_S)
}

/** What the service worker shows: nothing about the task where the user wants that. */
function payloadOf({ event, language, shows_title }: ReminderPush): string {
  const { task_id, remind_at, title, due_time } = event
  return JSON.stringify({ task_id, remind_at, language, ...(shows_title ? { title, due_time } : {}) })
}
