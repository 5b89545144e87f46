import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { observedDatabase } from './database_failures.ts'
import { emailAndPassword } from './email_and_password.ts'
import { LOCKED } from './locked_password.ts'

let database: TestDatabase
const sent: string[] = []
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(() => void (sent.length = 0))

const at = new Date(0)
const user = { id: 'ann', name: 'Ann', email: 'ann@example.com', emailVerified: true, createdAt: at, updatedAt: at }
const options = (sendsMail = true, requireVerification = false) =>
  emailAndPassword({
    db: observedDatabase(database.db),
    url: 'https://t.example/tasks',
    mail: {
      sendReset: (to, link) => void sent.push(`reset ${to} ${link}`),
      sendVerification: (to, link) => void sent.push(`verify ${to} ${link}`),
    },
    sendsMail,
    requireVerification,
  })
const reset = (callbackURL: string) => {
  const url = `https://t.example/api/auth/reset-password/the-token?callbackURL=${encodeURIComponent(callbackURL)}`
  return options().emailAndPassword.sendResetPassword({ user, url, token: 'the-token' })
}

test('a link to reset a password is one of ours, or leads through us to the page that was named', async () => {
  await reset('')
  await reset('https://other.example/new')
  expect(sent).toEqual([
    'reset ann@example.com https://t.example/tasks/#/reset-password?token=the-token',
    'reset ann@example.com https://t.example/tasks/api/auth/reset-password/the-token?callbackURL=https%3A%2F%2Fother.example%2Fnew',
  ])
})

test('an account that an operator locked gets no link', async () => {
  await database.db.user.create({ data: { id: 'ann', name: 'Ann', email: user.email } })
  const account = { id: 'a', accountId: 'ann', providerId: 'credential', userId: 'ann', password: `${LOCKED}x` }
  await database.db.account.create({ data: account })
  await reset('')
  expect(sent).toEqual([])
  await database.db.account.update({ where: { id: 'a' }, data: { password: `x${LOCKED}` } })
  await reset('')
  expect(sent).toHaveLength(1)
})

test('a link to confirm an address keeps the path of the server', async () => {
  const { emailVerification } = { emailVerification: undefined, ...options() }
  const url = 'https://t.example/api/auth/verify-email?token=x&callbackURL=/'
  await emailVerification?.sendVerificationEmail({ user, url, token: 'x' })
  expect(sent).toEqual(['verify ann@example.com https://t.example/tasks/api/auth/verify-email?token=x&callbackURL=/'])
})

test('without mail there is nothing to confirm, and a new address counts at once', () => {
  expect(options(false)).not.toHaveProperty('emailVerification')
  expect(options(false).user.changeEmail.updateEmailWithoutVerification).toBe(true)
  expect(options().user.changeEmail.updateEmailWithoutVerification).toBe(false)
})

test('a sign-in sends a mail only where a confirmed address is required', () => {
  for (const required of [true, false]) {
    expect(options(true, required)).toMatchObject({
      emailAndPassword: { requireEmailVerification: required, revokeSessionsOnPasswordReset: true },
      emailVerification: { sendOnSignIn: required, sendOnSignUp: true },
    })
  }
})
