import { expect, test } from 'vitest'
import { outbox } from './outbox.ts'

const mail = { to: 'ann@example.com', subject: 'Hello', paragraphs: ['Hello'] }

function collectedLog() {
  const lines: { details: object; message: string }[] = []
  const note = (details: object, message: string) => void lines.push({ details, message })
  return { lines, log: { error: note, warn: note } }
}

test('a mail server that never answers does not keep the outbox open', async () => {
  const { log } = collectedLog()
  const mails = outbox({ sendMail: () => new Promise(() => {}) }, log)
  mails.post(mail)
  await mails.close()
})

test('the log names what the mail server answered, but no recipient', async () => {
  const { lines, log } = collectedLog()
  const refusal = Object.assign(new Error('550 5.1.1 <ann@example.com> unknown'), {
    code: 'EENVELOPE',
    command: 'RCPT TO',
    responseCode: 550,
    rejected: ['ann@example.com'],
  })
  const mails = outbox({ sendMail: () => Promise.reject(refusal) }, log)
  mails.post(mail)
  await mails.close()
  const details = { code: 'EENVELOPE', command: 'RCPT TO', status: 550 }
  expect(lines).toEqual([{ details, message: 'mail not sent' }])
})
