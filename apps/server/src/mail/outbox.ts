import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@taskwire/api'
import type { Mail } from './mail.ts'
import type { Mailer } from './mailer.ts'

/** Sends mail in the background, so that no response tells by its time whether one was sent. */
export interface Outbox {
  /** Queues a mail. One that cannot be sent is tried again, then logged without its recipient and text. */
  post(mail: Mail): void
  /** Ends the retries, and resolves once no mail is on its way, at the latest after a second. */
  close(): Promise<void>
}

const RETRY_MS = [5_000, 60_000]
/** A stop must not wait for a mail server: the database is closed after this. */
const CLOSE_MS = 1_000
/** More would be mail that somebody has requested for others. */
const MAX_WAITING = 1_000

/** A failure for the log: the texts of mail servers name the recipient. */
export function withoutTexts(error: unknown): object {
  const { code, command, responseCode } = {
    code: undefined,
    command: undefined,
    responseCode: undefined,
    ...Object(error),
  }
  return { code, command, status: responseCode }
}

/** Whether the mail server refused the mail for good (RFC 5321, 4.2.1). */
export function isFinal(error: unknown): boolean {
  const { responseCode } = { responseCode: undefined, ...Object(error) }
  return typeof responseCode === 'number' && responseCode >= 500
}

export function outbox(
  mailer: Pick<Mailer, 'sendMail'>,
  log: Log,
  retryMs: readonly number[] = RETRY_MS,
  closeMs = CLOSE_MS,
): Outbox {
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
        .catch((error: unknown) => log.error(withoutTexts(error), 'mail not sent'))
        .finally(() => sending.delete(sent))
      sending.add(sent)
    },
    async close() {
      stopped.abort()
      const timeout = new AbortController()
      const waited = sleep(closeMs, undefined, { signal: timeout.signal }).catch(() => {})
      await Promise.race([Promise.all(sending), waited])
      timeout.abort()
    },
  }
}
