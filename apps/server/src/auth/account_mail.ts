import { rateLimit } from '@taskwire/api'
import type { Mail } from '../mail/mail.ts'
import type { Outbox } from '../mail/outbox.ts'

export interface AccountMailOptions {
  /** The public base URL, to which the links lead. */
  readonly url: string
  /** Undefined: no mail can be sent. */
  readonly outbox: Pick<Outbox, 'post'> | undefined
}

/** The mail about an account itself. */
export interface AccountMail {
  sendReset(to: string, link: string): void
  sendVerification(to: string, link: string): void
}

/** So many mails of a kind go to one address in a quarter of an hour, whoever asks for them. */
const PER_ADDRESS = { limit: 3, windowMs: 15 * 60_000 }

const IGNORE = 'If you did not ask for this, ignore this message: nothing changes without the link.'

export function accountMail({ url, outbox }: AccountMailOptions): AccountMail {
  const sent = rateLimit(PER_ADDRESS)
  function post(kind: string, mail: Mail): void {
    if (outbox !== undefined && sent.take(`${kind} ${mail.to}`).allowed) outbox.post(mail)
  }
  return {
    sendReset(to, link) {
      post('reset', {
        to,
        subject: 'Reset your Taskwire password',
        paragraphs: [
          `Somebody asked to reset the password of your account at ${url}. The link works once, within an hour.`,
          'A new password signs you out everywhere.',
          IGNORE,
        ],
        link: { label: 'Choose a new password', url: link },
      })
    },
    sendVerification(to, link) {
      post('verification', {
        to,
        subject: 'Confirm your e-mail address for Taskwire',
        paragraphs: [
          `Confirm that this address belongs to your account at ${url}. The link works within an hour.`,
          IGNORE,
        ],
        link: { label: 'Confirm this address', url: link },
      })
    },
  }
}

/** The page of the web app on which the owner of a one-time token chooses a new password. */
export function resetPage(url: string, token: string): string {
  return `${url}/#/reset-password?token=${encodeURIComponent(token)}`
}
