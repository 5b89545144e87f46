import { Webhook as Signer } from 'standardwebhooks'
import type { Change } from '../log/schema.ts'

/** What a webhook gets: equal at every repeat. */
export interface WebhookEvent {
  /** Tells the events of a webhook apart: the seq of a change, or what else it is about. */
  readonly key: string
  readonly seq: number | null
  readonly type: string
  /** When it happened, as RFC 3339. */
  readonly timestamp: string
  readonly data: unknown
}

export function changeEvent(change: Change): WebhookEvent {
  const { seq, kind, created_at: timestamp } = change
  return { key: String(seq), seq, type: `task.${kind}`, timestamp, data: change }
}

export interface Signing {
  readonly user_id: string
  readonly secret: string
  readonly former_secret: string | null
  readonly former_secret_until: Date | null
}

/** The body and the headers of an event, signed as Standard Webhooks describes it (https://www.standardwebhooks.com). */
export function signedRequest(event: WebhookEvent, signing: Signing, now: Date) {
  const { key, type, timestamp, data } = event
  const id = `${headerText(signing.user_id)}:${key}`
  const body = JSON.stringify({ type, timestamp, data })
  const { former_secret, former_secret_until } = signing
  const former =
    former_secret !== null && former_secret_until !== null && former_secret_until > now ? former_secret : null
  const signatures = [signing.secret, former].flatMap((secret) =>
    secret === null ? [] : new Signer(secret).sign(id, now, body),
  )
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Taskwire',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    },
  }
}

/** A user id as a header can hold it: what is not ASCII is percent-encoded. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character))
}
