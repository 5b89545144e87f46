import type { Env } from '../config/env.ts'
import { html, plainText, type Mail } from './mail.ts'

/** Sends mail through the SMTP server of SMTP_URL. */
export interface Mailer {
  /** Resolves once the SMTP server has taken the mail over. Rejects with an error whose message has no secret in it. */
  sendMail(mail: Mail): Promise<void>
  /** Connects and signs in without sending anything. */
  verify(): Promise<void>
  close(): void
}

/** A server that does not answer must not hold up a stop, or those who wait for a mail, for minutes. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** The mailer of the configuration; undefined without SMTP_URL. */
export function configuredMailer(
  env: Pick<Env, 'SMTP_URL' | 'MAIL_FROM'>,
  timeouts: typeof TIMEOUTS = TIMEOUTS,
): Mailer | undefined {
  const { SMTP_URL: url, MAIL_FROM: from } = env
  if (url === undefined) return undefined
  let opened: ReturnType<typeof open> | undefined
  const transport = () => (opened ??= open(url, timeouts))
  return {
    async sendMail(mail) {
      const { to, subject, headers = {} } = mail
      const message = { from, to: { name: '', address: to }, subject, text: plainText(mail), html: html(mail) }
      // Replies of other programs, such as notices of absence, would only come back (RFC 3834).
      const ours = { 'Auto-Submitted': 'auto-generated', ...headers }
      await (await transport()).sendMail({ ...message, headers: ours })
    },
    async verify() {
      await (await transport()).verify()
    },
    close() {
      void opened?.then((transporter) => transporter.close())
    },
  }
}

async function open(url: string, timeouts: typeof TIMEOUTS) {
  // Loaded at the first mail: it would slow down every start.
  const { createTransport } = await import('nodemailer')
  // A mail is text that we wrote: nothing in it may name a file or a URL to include.
  const closed = { disableFileAccess: true, disableUrlAccess: true }
  return createTransport({ url, pool: true, maxConnections: 2, ...timeouts, ...closed })
}
