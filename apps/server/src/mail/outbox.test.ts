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
  const mails = outbox({ sendMail: () => new Promise(() => {}) }, log, [], 5)
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

/** A mail server that answers each mail with the next of these, and takes all others. */
function answering(...errors: unknown[]) {
  const server = { attempts: 0 }
  const sendMail = async () => {
    const error = errors[server.attempts++]
    if (error !== undefined) throw error
  }
  return { server, sendMail }
}

const refusal = (responseCode: number) => Object.assign(new Error('no'), { responseCode })

test('a mail that fails is tried once more for each delay, then logged', async () => {
  const { lines, log } = collectedLog()
  const { server, sendMail } = answering(refusal(451), refusal(421), refusal(450), refusal(499))
  const mails = outbox({ sendMail }, log, [1, 1])
  mails.post(mail)
  await expect.poll(() => lines).toHaveLength(1)
  expect(server.attempts).toBe(3)
  expect(lines).toEqual([{ details: { status: 450 }, message: 'mail not sent' }])
  await mails.close()
})

test('a mail that is taken at a later attempt is not logged, and not sent again', async () => {
  const { lines, log } = collectedLog()
  const { server, sendMail } = answering(new Error('ECONNREFUSED'))
  const mails = outbox({ sendMail }, log, [1, 1])
  mails.post(mail)
  await expect.poll(() => server.attempts).toBe(2)
  await mails.close()
  expect([server.attempts, lines]).toEqual([2, []])
})

test.each([500, 550, 599])('a mail that is refused with %i is not tried again', async (code) => {
  const { lines, log } = collectedLog()
  const { server, sendMail } = answering(refusal(code))
  const mails = outbox({ sendMail }, log, [1, 1])
  mails.post(mail)
  await expect.poll(() => lines).toHaveLength(1)
  expect(server.attempts).toBe(1)
})

test('closing ends the wait for another attempt, and the mail is logged with its failure', async () => {
  const { lines, log } = collectedLog()
  const { server, sendMail } = answering(refusal(451))
  const mails = outbox({ sendMail }, log, [86_400_000])
  mails.post(mail)
  await expect.poll(() => server.attempts).toBe(1)
  await mails.close()
  expect(server.attempts).toBe(1)
  expect(lines).toEqual([{ details: { status: 451 }, message: 'mail not sent' }])
})

test('closing waits for a mail on its way', async () => {
  const { log } = collectedLog()
  const taken = Promise.withResolvers<void>()
  const mails = outbox({ sendMail: () => taken.promise }, log, [], 86_400_000)
  mails.post(mail)
  let isClosed = false
  const closed = mails.close().then(() => (isClosed = true))
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  taken.resolve()
  await closed
})
