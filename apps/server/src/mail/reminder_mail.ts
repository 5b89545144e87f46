import { createHash } from 'node:crypto'
import { unsubscribeToken, type ReminderEvent, type ReminderMail, type Services } from '@taskwire/api'
import type { Mail } from './mail.ts'

type Signing = Pick<Services, 'cursors' | 'publicUrl'>

/** The mail of one reminder, with the way to end them in a header and in its text (RFC 8058). */
export function reminderMail(services: Signing, { to, time_zone, event }: ReminderMail): Mail {
  const url = services.publicUrl ?? ''
  const end = `${url}/unsubscribe/${unsubscribeToken(services, event.user_id)}`
  const title = event.title.replaceAll(/\s+/g, ' ')
  return {
    to,
    subject: `Reminder: ${title}`,
    paragraphs: [
      [title, dueText(event), event.late ? lateText(event, time_zone) : undefined].filter(Boolean).join('\n'),
      `You get this because reminders by mail are on in your settings. To turn them off: ${end}`,
    ],
    link: { label: 'Open the task', url: `${url}/#/all/task/${event.task_id}` },
    headers: {
      'Message-ID': messageId(event, url),
      'List-Unsubscribe': `<${end}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
}

function dueText({ due_date, due_time, due_zone }: ReminderEvent): string | undefined {
  if (due_date === null) return undefined
  return `Due: ${[due_date, due_time, due_zone].filter((part) => part !== null).join(' ')}`
}

function lateText({ remind_at }: ReminderEvent, time_zone: string | null): string {
  const zone = time_zone ?? 'UTC'
  const time = new Intl.DateTimeFormat('en-CA', {
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: zone,
  })
  return `This reminder was for ${time.format(new Date(remind_at)).replace(',', '')} (${zone}).`
}

/** Equal at every attempt, so that mail programs show a mail once that was sent twice. */
function messageId({ user_id, task_id, remind_at }: ReminderEvent, url: string): string {
  const hash = createHash('sha256').update(`${user_id} ${task_id} ${remind_at}`).digest('hex').slice(0, 32)
  return `<reminder-${hash}@${URL.canParse(url) ? new URL(url).hostname : 'taskwire'}>`
}
