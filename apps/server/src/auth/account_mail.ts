import type { Mail } from '../mail/mail.ts'
import type { Outbox } from '../mail/outbox.ts'
import type { CountAttempt } from './attempt_counts.ts'

/** Sends few mails of a kind to one address, whoever asks for them. */
export interface LimitedOutbox {
  post(kind: 'reset' | 'verification', mail: Mail): void
}

export function limitedOutbox(outbox: Pick<Outbox, 'post'>, countAttempt: CountAttempt): LimitedOutbox {
  async function postWithinLimit(kind: string, mail: Mail): Promise<void> {
    const { allowed } = await countAttempt('account-mail', `${kind} ${mail.to}`)
    if (allowed) outbox.post(mail)
  }
  return { post: (kind, mail) => void postWithinLimit(kind, mail) }
}

export interface AccountMailOptions {
  /** The public base URL, to which the links lead. */
  readonly url: string
  /** Undefined: no mail can be sent. */
  readonly outbox: LimitedOutbox | undefined
}

/** The mail about an account itself. */
export interface AccountMail {
  sendReset(to: string, link: string): void
  sendVerification(to: string, link: string): void
}

const IGNORE = 'If you did not ask for this, ignore this message: nothing changes without the link.'

export function accountMail({ url, outbox }: AccountMailOptions): AccountMail {
  return {
    sendReset(to, link) {
      outbox?.post('reset', {
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
      outbox?.post('verification', {
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
