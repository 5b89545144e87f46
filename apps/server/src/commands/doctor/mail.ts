import type { Env } from '../../config/env.ts'
import { configuredMailer } from '../../mail/mailer.ts'
import { type Finding, note, ok, problem } from './finding.ts'

/** Whether the mail server can be reached and accepts the sign-in. Nothing is sent. */
export async function mailFindings(env: Env): Promise<Finding[]> {
  const mailer = configuredMailer(env)
  if (mailer === undefined || env.SMTP_URL === undefined) {
    return [note('mail', 'none is sent: set SMTP_URL, or make links for new passwords by npm run reset-password')]
  }
  const { host } = new URL(env.SMTP_URL)
  try {
    await mailer.verify()
    return [ok('mail', `${host} can be reached and accepts the sign-in; mail comes from ${env.MAIL_FROM}`)]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [problem('mail', `${host} of SMTP_URL cannot be used: ${why}`)]
  } finally {
    mailer.close()
  }
}
