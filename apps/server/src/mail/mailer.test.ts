import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { smtpReceiver } from '../../testing/smtp_receiver.ts'
import { configuredMailer, type Mailer } from './mailer.ts'

const mail = { to: 'ann@example.com', subject: 'Hello', paragraphs: ['Hello <Ann>'] }
const MAIL_FROM = 'Tasks <tasks@t.example>'

async function receiver() {
  const smtp = await smtpReceiver()
  onTestFinished(() => smtp.close())
  return smtp
}

function mailerFor(url: string): Mailer {
  const mailer = configuredMailer({ SMTP_URL: url, MAIL_FROM })
  if (mailer === undefined) throw new Error('no mailer')
  onTestFinished(() => mailer.close())
  return mailer
}

const LONG = { connectionTimeout: 60_000, greetingTimeout: 60_000, socketTimeout: 60_000, dnsTimeout: 60_000 }

test('without SMTP_URL there is no mailer', () => {
  expect(configuredMailer({ SMTP_URL: undefined, MAIL_FROM })).toBeUndefined()
})

test('a mail says that no person wrote it, and has the headers that it names', async () => {
  const smtp = await receiver()
  await mailerFor(smtp.url).sendMail({ ...mail, headers: { 'X-Own': 'yes' } })
  const [{ from, to, source } = { from: '', to: [], source: '' }] = smtp.mails
  expect([from, to]).toEqual(['tasks@t.example', ['ann@example.com']])
  expect(source).toMatch(/^From: Tasks <tasks@t\.example>\r$/m)
  expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(source).toMatch(/^X-Own: yes\r$/m)
  expect(source).toContain('Hello <Ann>')
  expect(source).toContain('Hello &lt;Ann&gt;')
})

test('one address is one recipient, whatever it contains', async () => {
  const smtp = await receiver()
  await mailerFor(smtp.url)
    .sendMail({ ...mail, to: 'ann@example.com, eve@example.com' })
    .catch(() => {})
  expect(smtp.mails.flatMap(({ to }) => to)).not.toContain('eve@example.com')
})

/** A server that accepts connections, says this, and nothing more. */
async function silentServer(greeting: string) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    socket.write(greeting)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { sockets, url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a mail server that does not greet, or falls silent after it, is given up', async () => {
  for (const [greeting, timeouts] of [
    ['', { ...LONG, greetingTimeout: 5 }],
    ['220 hello\r\n', { ...LONG, socketTimeout: 5 }],
  ] as const) {
    const { url } = await silentServer(greeting)
    const mailer = configuredMailer({ SMTP_URL: url, MAIL_FROM }, timeouts)
    await expect(mailer?.sendMail(mail)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    mailer?.close()
  }
})

test('closing ends the connections that are kept for further mails', async () => {
  const smtp = await receiver()
  const sockets: Socket[] = []
  const opened = (message: unknown) => void sockets.push(Reflect.get(Object(message), 'socket'))
  subscribe('net.client.socket', opened)
  onTestFinished(() => void unsubscribe('net.client.socket', opened))
  const mailer = mailerFor(smtp.url)
  await mailer.sendMail(mail)
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false])
  mailer.close()
  await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true])
})

test('at most two connections are used at once', async () => {
  const { sockets, url } = await silentServer('')
  const mailer = mailerFor(url)
  const sent = Array.from({ length: 5 }, () => mailer.sendMail(mail).catch(() => 'not sent'))
  await expect.poll(() => sockets.length).toBe(2)
  await new Promise(setImmediate)
  expect(sockets).toHaveLength(2)
  mailer.close()
  for (const socket of sockets) socket.destroy()
  await Promise.all(sent)
})
