import {
  claimReminderMails,
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

/**
 * Sends reminders by mail. Any number of replicas may do so at once: each takes other mails. A mail is sent again only where a
 * process died between the mail server's answer and its own note of it.
 */
export function reminderMailLoop(
  services: Pick<Services, 'sql' | 'now' | 'log' | 'cursors' | 'publicUrl'>,
  mailer: Pick<Mailer, 'sendMail'>,
  { pollMs = 2000 }: { readonly pollMs?: number } = {},
): ReminderMailLoop {
  const { log } = services
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  let fails = false

  async function send(mail: ReminderMail): Promise<void> {
    try {
      await mailer.sendMail(reminderMail(services, mail))
    } catch (error) {
      log.warn(withoutTexts(error), 'reminder not sent by mail')
      if (!isFinal(error)) return retryReminderMail(services, mail, RETRY_S[mail.attempts] ?? 3600)
    }
    await removeReminderMail(services, mail)
  }

  async function sendDue(): Promise<void> {
    while (!stopped) {
      const mails = await claimReminderMails(services)
      if (mails.length === 0) return
      for (const mail of mails) {
        // What is not sent any more is taken up again when its lease ends.
        if (stopped) return
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
      await running
    },
  }
}
