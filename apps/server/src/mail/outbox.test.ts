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
  await expect(mails.close()).resolves.toBeUndefined()
})

test('a thousand mails may wait at once; one more is not sent, and the log says so', async () => {
  const { lines, log } = collectedLog()
  const answer = Promise.withResolvers<void>()
  let sent = 0
  const sendMail = () => {
    sent++
    return answer.promise
  }
  const mails = outbox({ sendMail }, log)
  for (let count = 1; count <= 1001; count++) mails.post(mail)
  expect(sent).toBe(1000)
  expect(lines).toEqual([{ details: {}, message: 'mail not sent: too many are waiting' }])
  answer.resolve()
  await mails.close()
  mails.post(mail)
  expect(sent).toBe(1001)
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
