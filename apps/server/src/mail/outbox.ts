import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@taskwire/api'
import type { Mail } from './mail.ts'
import type { Mailer } from './mailer.ts'

/** Sends mail in the background, so that no response tells by its time whether one was sent. */
export interface Outbox {
  /** Queues a mail. One that cannot be sent is tried again, then logged without its recipient and text. */
  post(mail: Mail): void
  /** Ends the retries, and resolves once no mail is on its way. */
  close(): Promise<void>
}

const RETRY_MS = [5_000, 60_000]
/** More would be mail that somebody has requested for others. */
const MAX_WAITING = 1_000

/** Whether the mail server refused the mail for good (RFC 5321, 4.2.1). */
function isFinal(error: unknown): boolean {
  const { responseCode } = { responseCode: undefined, ...Object(error) }
  return typeof responseCode === 'number' && responseCode >= 500
}

export function outbox(mailer: Pick<Mailer, 'sendMail'>, log: Log, retryMs: readonly number[] = RETRY_MS): Outbox {
  const sending = new Set<Promise<void>>()
  const stopped = new AbortController()

  async function send(mail: Mail): Promise<void> {
    for (const delay of [...retryMs, undefined]) {
      try {
        return await mailer.sendMail(mail)
      } catch (error) {
        if (delay === undefined || stopped.signal.aborted || isFinal(error)) throw error
        await sleep(delay, undefined, { signal: stopped.signal }).catch(() => {
          throw error
        })
      }
    }
  }

  return {
    post(mail) {
      if (sending.size >= MAX_WAITING) return log.warn({}, 'mail not sent: too many are waiting')
      const sent = send(mail)
        .catch((error: unknown) => log.error({ err: error }, 'mail not sent'))
        .finally(() => sending.delete(sent))
      sending.add(sent)
    },
    async close() {
      stopped.abort()
      await Promise.all(sending)
    },
  }
}
