import { setTimeout as sleep } from 'node:timers/promises'
import {
  claimReminderMails,
  MAIL_LEASE_MINUTES,
  removeReminderMail,
  retryReminderMail,
  type ReminderMail,
  type Services,
} from '@taskwire/api'
import type { Mailer } from './mailer.ts'
import { isFinal, withoutTexts } from './outbox.ts'
import { reminderMail } from './reminder_mail.ts'

export interface ReminderMailLoop {
  /** Sends until nothing is due. */
  sendDue(): Promise<void>
  /** Sends from now on, until `stop`. */
  start(): void
  stop(): Promise<void>
}

/** Later attempts are an hour apart, until the reminder is a day old. */
const RETRY_S = [60, 300, 1800, 3600]
/** No mail is begun later than this after it was claimed: another process may claim it when its lease ends. */
const BEGUN_WITHIN_MS = MAIL_LEASE_MINUTES * 30_000
/** A stop must not wait for a mail server. */
const STOP_MS = 1_000

/** Whether this mail was refused for good. A sign-in or a sender that is refused concerns every mail, until an operator acts. */
function isRefused(error: unknown): boolean {
  const { command } = { command: undefined, ...Object(error) }
  return isFinal(error) && (command === 'RCPT TO' || command === 'DATA')
}

/**
 * Sends reminders by mail. Any number of replicas may do so at once: each takes other mails. A mail is sent again only where a
 * process died between the mail server's answer and its own note of it.
 */
export function reminderMailLoop(
  services: Pick<Services, 'sql' | 'now' | 'log' | 'cursors' | 'publicUrl'>,
  mailer: Pick<Mailer, 'sendMail'>,
  { pollMs = 2000, stopMs = STOP_MS }: { readonly pollMs?: number; readonly stopMs?: number } = {},
): ReminderMailLoop {
  const { log } = services
  const now = () => (services.now?.() ?? new Date()).getTime()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  let fails = false

  async function send(mail: ReminderMail): Promise<void> {
    try {
      await mailer.sendMail(reminderMail(services, mail))
    } catch (error) {
      log.warn(withoutTexts(error), 'reminder not sent by mail')
      if (!isRefused(error)) return retryReminderMail(services, mail, RETRY_S[mail.attempts] ?? 3600)
    }
    await removeReminderMail(services, mail)
  }

  async function sendDue(): Promise<void> {
    while (!stopped) {
      const claimedAt = now()
      const mails = await claimReminderMails(services)
      if (mails.length === 0) return
      for (const mail of mails) {
        // What is not sent any more is taken up again when its lease ends.
        if (stopped || now() - claimedAt > BEGUN_WITHIN_MS) break
        await send(mail)
      }
    }
  }

  function schedule(ms: number): void {
    if (stopped) return
    timer = setTimeout(() => {
      running = sendDue()
        .then(() => (fails = false))
        .catch((error: unknown) => {
          // Logs once, not at every look while the database is unavailable.
          if (!fails) log.warn({ err: error }, 'mail of reminders could not be looked for')
          fails = true
        })
        .finally(() => schedule(pollMs))
    }, ms)
  }

  return {
    sendDue,
    start: () => schedule(0),
    async stop() {
      stopped = true
      clearTimeout(timer)
      const waited = new AbortController()
      await Promise.race([running, sleep(stopMs, undefined, { signal: waited.signal }).catch(() => {})])
      waited.abort()
    },
  }
}
