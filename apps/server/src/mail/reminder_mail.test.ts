import { newUser, fireRemindersAt } from '@taskwire/api/testing'
import type { Services } from '@taskwire/api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../testing/server.ts'
import { smtpReceiver, type SmtpReceiver } from '../../testing/smtp_receiver.ts'
import { configuredMailer, type Mailer } from './mailer.ts'
import { reminderMailLoop, type ReminderMailLoop } from './reminder_mail_loop.ts'

let server: TestServer
let smtp: SmtpReceiver
let mailer: Mailer
let mails: ReminderMailLoop
/** The clock of the server. */
let now: Date
let services: Services
let user_id: string

beforeAll(async () => {
  server = await testServer()
  smtp = await smtpReceiver()
  const configured = configuredMailer({ SMTP_URL: smtp.url, MAIL_FROM: 'tasks@example.com' })
  if (configured === undefined) throw new Error('no mailer')
  mailer = configured
  services = { ...server.fixture.services, now: () => now, publicUrl: 'https://tasks.example.com' }
  mails = reminderMailLoop(services, mailer)
})
afterAll(async () => {
  await mails.stop()
  mailer.close()
  await smtp.close()
  await server.close()
})

const DUE = '2099-03-10T09:00:00.000Z'

beforeEach(async () => {
  user_id = newUser()
  const data = { id: user_id, name: 'Ann', email: `${user_id}@example.com`.toLowerCase(), emailVerified: true }
  await server.fixture.services.db.user.create({ data })
  await send('PATCH', '/settings', { remind_by_mail: true })
  smtp.mails.length = 0
  now = new Date(DUE)
})

async function send(method: 'PATCH' | 'POST' | 'GET', path: string, body?: object) {
  return server.as(user_id)(method, `/api/${user_id}${path}`, body === undefined ? {} : { body })
}

async function firedTask(fields: object = {}): Promise<number> {
  const task = {
    title: 'Call <Bob> & "Eve"',
    due_date: '2099-03-10',
    due_time: '09:00',
    reminders: ['PT0S'],
    ...fields,
  }
  const { json } = await send('POST', '/tasks', task)
  await fireRemindersAt(services, DUE)
  return json.id
}

test('a reminder is one mail, as text and as HTML, that leads to the task', async () => {
  const id = await firedTask()
  await mails.sendDue()
  await mails.sendDue()
  expect(smtp.mails).toHaveLength(1)
  const [mail] = smtp.mails
  expect(mail).toMatchObject({ from: 'tasks@example.com', to: [`${user_id}@example.com`.toLowerCase()] })
  expect(mail?.source).toContain('Call <Bob> & "Eve"\r\nDue: 2099-03-10 09:00\r\n')
  expect(mail?.source).toContain('<p>Call &lt;Bob&gt; &amp; &quot;Eve&quot;<br>')
  expect(mail?.links).toEqual([`https://tasks.example.com/#/all/task/${id}`])
})

test('a title cannot add headers to a mail', async () => {
  await firedTask({ title: 'Call\r\nBcc: eve@example.com' })
  await mails.sendDue()
  expect(smtp.mails.map(({ to }) => to)).toEqual([[`${user_id}@example.com`.toLowerCase()]])
  expect(smtp.mails[0]?.source).not.toMatch(/^Bcc:/m)
})

test('the address in the headers turns mail off for its user by one POST, and asks on GET', async () => {
  const other = newUser()
  const account = { id: other, name: 'Bob', email: `${other}@example.com`, emailVerified: true }
  await server.fixture.services.db.user.create({ data: account })
  await server.as(other)('PATCH', `/api/${other}/settings`, { body: { remind_by_mail: true } })
  await firedTask()
  await mails.sendDue()
  const source = smtp.mails[0]?.source.replaceAll(/\r\n[ \t]/g, ' ') ?? ''
  expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m)
  const [, path = ''] =
    /^List-Unsubscribe:\s+<https:\/\/tasks\.example\.com(\/unsubscribe\/[\w-]+)>/m.exec(source) ?? []
  const page = await server.send('GET', path)
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await send('GET', '/settings')).json.remind_by_mail).toBe(true)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const posted = await server.send('POST', path, { headers: type, body: 'List-Unsubscribe=One-Click' })
  expect(posted.status).toBe(200)
  expect((await send('GET', '/settings')).json).toEqual({ time_zone: null, remind_time: '09:00' })
  expect((await server.as(other)('GET', `/api/${other}/settings`)).json.remind_by_mail).toBe(true)
  const wrong = `${path}x`
  expect([(await server.send('GET', wrong)).status, (await server.send('POST', wrong)).status]).toEqual([404, 404])
})

test('a mail that is refused for now is sent again, with the same id, and one that is refused for good is not', async () => {
  await firedTask()
  smtp.refuse(1, 451)
  await mails.sendDue()
  expect(smtp.mails).toEqual([])
  now = new Date('2099-03-10T09:01:00.000Z')
  await mails.sendDue()
  expect(smtp.mails).toHaveLength(1)
  const idOf = (source = '') => /^Message-ID: (\S+)/im.exec(source)?.[1]
  expect(idOf(smtp.mails[0]?.source)).toMatch(/^<reminder-[0-9a-f]{32}@tasks\.example\.com>$/)
  now = new Date(DUE)
  await firedTask()
  smtp.refuse(1, 550)
  await mails.sendDue()
  now = new Date('2099-03-10T12:00:00.000Z')
  await mails.sendDue()
  expect(smtp.mails).toHaveLength(1)
  expect(await server.fixture.services.db.reminderMail.count()).toBe(0)
})

test('a mail waits while the mail server refuses the sign-in', async () => {
  await firedTask()
  const wrong = configuredMailer({ SMTP_URL: smtp.url.replace('secret', 'wrong'), MAIL_FROM: 'tasks@example.com' })
  if (wrong === undefined) throw new Error('no mailer')
  await reminderMailLoop(services, wrong).sendDue()
  wrong.close()
  expect(smtp.mails).toEqual([])
  now = new Date('2099-03-10T09:01:00.000Z')
  await mails.sendDue()
  expect(smtp.mails).toHaveLength(1)
})

test('a slow mail server is not given a mail whose claim may end before it has taken it', async () => {
  await firedTask()
  await firedTask()
  const sent: string[] = []
  const slow = {
    async sendMail({ subject }: { subject: string }) {
      sent.push(subject)
      now = new Date(now.getTime() + 6 * 60_000)
    },
  }
  const loop = reminderMailLoop(services, slow)
  await loop.sendDue()
  expect(sent).toHaveLength(1)
  now = new Date('2099-03-10T09:10:00.000Z')
  await loop.sendDue()
  expect(sent).toHaveLength(2)
})

test('a stop does not wait for a mail server that never answers', async () => {
  await firedTask()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const silent = {
    sendMail() {
      asked.resolve()
      return answer.promise
    },
  }
  const loop = reminderMailLoop(services, silent)
  loop.start()
  await asked.promise
  await loop.stop()
  answer.resolve()
  await expect.poll(() => server.fixture.services.db.reminderMail.count()).toBe(0)
})

test('two replicas send each mail once', async () => {
  const titles = Array.from({ length: 30 }, (_, n) => `Task ${n}`)
  for (const title of titles) await send('POST', '/tasks', { title, due_date: '2099-03-10', reminders: ['PT0S'] })
  await fireRemindersAt(services, DUE)
  const other = reminderMailLoop(services, mailer)
  await Promise.all([mails.sendDue(), other.sendDue()])
  await other.stop()
  const subjects = smtp.mails.map(({ source }) => /^Subject: Reminder: (.*)/m.exec(source)?.[1]?.trim())
  expect(new Set(subjects)).toEqual(new Set(titles))
  expect(subjects).toHaveLength(titles.length)
})
