import { cursorCodec, type ReminderMail } from '@taskwire/api'
import { expect, test } from 'vitest'
import { reminderMail } from './reminder_mail.ts'

const services = {
  cursors: cursorCodec(new TextEncoder().encode('x'.repeat(32))),
  publicUrl: 'https://t.example/tasks',
}
const event = {
  user_id: 'ann',
  task_id: 7,
  title: 'Call Bob',
  remind_at: '2099-03-10T23:30:00.000Z',
  due_date: '2099-03-11',
  due_time: '09:00',
  due_zone: null,
  due_at: null,
  late: false,
}
type Event = ReminderMail['event']

function mailOf(fields: Partial<Event> = {}, time_zone: string | null = null) {
  const mail: ReminderMail = { to: 'ann@example.com', time_zone, attempts: 0, event: { ...event, ...fields } }
  return reminderMail(services, mail)
}
const firstOf = (fields: Partial<Event>, zone: string | null = null) => mailOf(fields, zone).paragraphs[0]

test('a reminder says what is due, and when, as far as that is known', () => {
  expect(firstOf({})).toBe('Call Bob\nDue: 2099-03-11 09:00')
  expect(firstOf({ due_zone: 'Asia/Tokyo' })).toBe('Call Bob\nDue: 2099-03-11 09:00 Asia/Tokyo')
  expect(firstOf({ due_time: null })).toBe('Call Bob\nDue: 2099-03-11')
  expect(firstOf({ due_date: null, due_time: null })).toBe('Call Bob')
})

test('a late reminder says for when it was, in the zone of its reader', () => {
  const late = { late: true, due_date: null, due_time: null }
  expect(firstOf(late)).toBe('Call Bob\nThis reminder was for 2099-03-10 23:30 (UTC).')
  expect(firstOf(late, 'Asia/Tokyo')).toBe('Call Bob\nThis reminder was for 2099-03-11 08:30 (Asia/Tokyo).')
  expect(firstOf({ ...late, remind_at: '2099-03-10T00:05:00.000Z' })).toContain('2099-03-10 00:05')
})

test('a title is one line of the subject', () => {
  expect(mailOf({ title: 'Call\r\nBcc: eve\t x' }).subject).toBe('Reminder: Call Bcc: eve x')
})

test('the mails of one reminder have one id, and those of others have others', () => {
  const idOf = (fields: Partial<Event>) => mailOf(fields).headers?.['Message-ID']
  expect(idOf({})).toMatch(/^<reminder-[0-9a-f]{32}@t\.example>$/)
  expect(idOf({ title: 'Renamed', late: true })).toBe(idOf({}))
  const others = [{ user_id: 'ben' }, { task_id: 8 }, { remind_at: '2099-03-10T23:31:00.000Z' }].map(idOf)
  expect(new Set([idOf({}), ...others]).size).toBe(4)
  const nowhere = reminderMail(
    { cursors: services.cursors, publicUrl: undefined },
    { to: 'x', time_zone: null, attempts: 0, event },
  )
  expect(nowhere.headers?.['Message-ID']).toMatch(/@taskwire>$/)
})

test('the way to turn reminders off is in the text and in the headers, and that of another user is another', () => {
  const end = (mail: ReturnType<typeof mailOf>) => /<(.+)>/.exec(mail.headers?.['List-Unsubscribe'] ?? '')?.[1] ?? ''
  const mail = mailOf()
  expect(end(mail)).toMatch(/^https:\/\/t\.example\/tasks\/unsubscribe\/[\w.-]+$/)
  expect(mail.paragraphs[1]).toContain(end(mail))
  expect(mail.headers?.['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
  expect(end(mailOf({ user_id: 'ben' }))).not.toBe(end(mail))
  expect(mail.link?.url).toBe('https://t.example/tasks/#/all/task/7')
})
