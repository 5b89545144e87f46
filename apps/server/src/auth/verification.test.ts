import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient } from '../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'
import { smtpReceiver, type SmtpReceiver } from '../../testing/smtp_receiver.ts'

// Accounts whose address nobody has confirmed, where that is required, and where no mail can be sent.

let database: TestDatabase
let smtp: SmtpReceiver
let strict: SignInServer
let silent: SignInServer
beforeAll(async () => {
  database = await testDatabase()
  smtp = await smtpReceiver()
  strict = await signInServer({ database, env: { SMTP_URL: smtp.url, AUTH_REQUIRE_EMAIL_VERIFICATION: 'true' } })
  silent = await signInServer({ database })
})
afterAll(async () => {
  await strict.close()
  await silent.close()
  await smtp.close()
  await database.close()
})

const confirmed = (id: string) => database.db.user.update({ where: { id }, data: { emailVerified: true } })

test('an unconfirmed account can connect no client, with a session from before that was required', async () => {
  const { id, session } = await silent.newUser()
  const client = oauthClient(strict)
  const client_id = await client.newClient()
  const asked = await client.authorize(session, { client_id })
  expect(String(asked.headers.location)).not.toContain('code=')
  const page = String((await oauthClient(silent).authorize(session, { client_id })).headers.location)
  const agreed = await client.decide(session, page)
  expect([agreed.statusCode, agreed.json()]).toMatchObject([403, { code: 'EMAIL_NOT_VERIFIED' }])
  // A consent from before gives no code either.
  await oauthClient(silent).granted(session, { client_id })
  const again = await client.authorize(session, { client_id })
  expect(String(again.headers.location)).not.toContain('code=')
  await confirmed(id)
  expect((await client.granted(session, { client_id })).searchParams.get('code')).toEqual(expect.any(String))
})

test('an unconfirmed account gets no key, with the session in a cookie either', async () => {
  const { email, id } = await silent.newUser()
  const payload = { email, password: 'correct horse battery' }
  const signIn = await silent.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
  const cookie = signIn.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
  const create = () =>
    strict.app.inject({
      method: 'POST',
      url: '/api/auth/api-key/create',
      headers: { cookie, origin: 'http://127.0.0.1:8000' },
      payload: { name: 'k', configId: 'read' },
    })
  expect((await create()).json()).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' })
  await confirmed(id)
  expect((await create()).statusCode).toBe(200)
})

test('a sign-in that is refused for its address sends another mail', async () => {
  const { email } = await silent.newUser()
  const payload = { email, password: 'correct horse battery' }
  const answer = await strict.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
  expect(answer.statusCode).toBe(403)
  await expect.poll(() => smtp.mails.filter(({ to }) => to.includes(email))).toHaveLength(1)
})

test('without mail a new address counts at once, and the addresses of others stay confirmed', async () => {
  const [ann, ben] = [await silent.newUser(), await silent.newUser()]
  await Promise.all([ann, ben].map(({ id }) => confirmed(id)))
  const headers = { authorization: `Bearer ${ann.session}` }
  const payload = { newEmail: `new-${ann.email}` }
  const answer = await silent.app.inject({ method: 'POST', url: '/api/auth/change-email', headers, payload })
  expect(answer.statusCode).toBe(200)
  const users = await database.db.user.findMany({ where: { id: { in: [ann.id, ben.id] } }, orderBy: { email: 'asc' } })
  expect(users.map(({ email, emailVerified }) => [email, emailVerified])).toEqual([
    [`new-${ann.email}`, false],
    [ben.email, true],
  ])
})

test.each(['Bearer %zz', 'Bearer x', 'Basic x'])('who has no session changes no address: %s', async (authorization) => {
  const request = { method: 'POST', url: '/api/auth/change-email', payload: { newEmail: 'x@example.com' } } as const
  expect((await silent.app.inject({ ...request, headers: { authorization } })).statusCode).toBe(401)
})

test('a password that is reset ends the other links of its user alone', async () => {
  const [ann, ben] = [await silent.newUser(), await silent.newUser()]
  const expiresAt = new Date(Date.now() + 3_600_000)
  const link = (token: string, value: string) =>
    database.db.verification.create({ data: { id: token, identifier: `reset-password:${token}`, value, expiresAt } })
  await Promise.all([link('ann-1', ann.id), link('ann-2', ann.id), link('ben-1', ben.id)])
  const payload = { token: 'ann-1', newPassword: 'another password' }
  const answer = await silent.app.inject({ method: 'POST', url: '/api/auth/reset-password', payload })
  expect(answer.statusCode).toBe(200)
  const left = await database.db.verification.findMany({ where: { value: { in: [ann.id, ben.id] } } })
  expect(left.map(({ id }) => id)).toEqual(['ben-1'])
})
