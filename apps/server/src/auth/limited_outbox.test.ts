import { expect, test } from 'vitest'
import type { Mail } from '../mail/mail.ts'
import { accountMail, limitedOutbox, resetPage } from './account_mail.ts'

const mail = { to: 'ann@example.com', subject: 'Hello', paragraphs: [] }

test('each mail is counted by its kind and address before it is posted, and one that is too many is not posted', async () => {
  const counted: string[] = []
  const posted: Mail[] = []
  let isAllowed = true
  const outbox = limitedOutbox({ post: (one) => void posted.push(one) }, async (of, key) => {
    counted.push(`${of} ${key}`)
    await Promise.resolve()
    return { allowed: isAllowed, limit: 3, remaining: 0, reset: 1, window: 900 }
  })
  outbox.post('reset', mail)
  expect(posted).toEqual([])
  await expect.poll(() => posted).toEqual([mail])
  isAllowed = false
  outbox.post('verification', mail)
  await expect.poll(() => counted).toHaveLength(2)
  await new Promise(setImmediate)
  expect(counted).toEqual(['account-mail reset ann@example.com', 'account-mail verification ann@example.com'])
  expect(posted).toHaveLength(1)
})

test('the mails of an account name the server and lead to the link that they were given', () => {
  const posted: [string, Mail][] = []
  const mails = accountMail({
    url: 'https://t.example',
    outbox: { post: (kind, one) => void posted.push([kind, one]) },
  })
  mails.sendReset('ann@example.com', 'https://t.example/1')
  mails.sendVerification('ben@example.com', 'https://t.example/2')
  expect(posted).toMatchObject([
    ['reset', { to: 'ann@example.com', link: { url: 'https://t.example/1' } }],
    ['verification', { to: 'ben@example.com', link: { url: 'https://t.example/2' } }],
  ])
  for (const [, { paragraphs }] of posted) expect(paragraphs.join(' ')).toContain('https://t.example')
})

test('without an outbox nothing is sent, and nothing fails', () => {
  const mails = accountMail({ url: 'https://t.example', outbox: undefined })
  expect(() => mails.sendReset('a@b.example', 'x')).not.toThrow()
  expect(() => mails.sendVerification('a@b.example', 'x')).not.toThrow()
})

test('a token of any characters arrives at the page as it is', () => {
  const link = resetPage('https://t.example/base', 'a+b/c&d=e#f')
  expect(link.startsWith('https://t.example/base/#/reset-password?')).toBe(true)
  expect(new URLSearchParams(link.split('?')[1]).get('token')).toBe('a+b/c&d=e#f')
})
