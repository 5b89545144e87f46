import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'
import { smtpReceiver, type SmtpReceiver } from '../../testing/smtp_receiver.ts'
import { disableUser, enableUser, isDisabled, listUsers } from './users.ts'

// Accounts that were imported without a password: they have no row in `account`.

let smtp: SmtpReceiver
let server: SignInServer
beforeAll(async () => {
  smtp = await smtpReceiver()
  server = await signInServer({ env: { SMTP_URL: smtp.url } })
})
afterAll(async () => {
  await server.close()
  await smtp.close()
})

async function imported(id: string): Promise<{ id: string; email: string }> {
  const email = `${id}@example.com`
  await server.database.db.user.create({ data: { id, email, name: id, emailVerified: true } })
  return { id, email }
}

function post(path: string, payload: object) {
  return server.app.inject({ method: 'POST', url: `/api/auth/${path}`, payload })
}

test('an account without a password is disabled too: no password is accepted, and it can get no new one', async () => {
  const { pool } = server.database
  const [gus, ida] = [await imported('gus'), await imported('ida')]
  await disableUser(pool, gus)
  await disableUser(pool, gus)
  expect(await isDisabled(pool, gus)).toBe(true)
  expect((await listUsers(pool)).filter((user) => user.is_disabled).map(({ id }) => id)).toEqual(['gus'])
  const { statusCode } = await post('sign-in/email', { email: gus.email, password: 'correct horse battery' })
  expect(statusCode).toBe(401)
  for (const { email } of [gus, ida]) {
    expect((await post('request-password-reset', { email })).statusCode).toBe(200)
  }
  await expect.poll(() => smtp.mails.map(({ to }) => to)).toEqual([[ida.email]])
})

test('enabled again, an account without a password is as before', async () => {
  const { pool, db } = server.database
  const kim = await imported('kim')
  await disableUser(pool, kim)
  await enableUser(pool, kim)
  expect(await isDisabled(pool, kim)).toBe(false)
  expect(await db.account.count({ where: { userId: 'kim' } })).toBe(0)
})

test('a credential without a password counts as none, and is kept', async () => {
  const { pool, db } = server.database
  const lea = await imported('lea')
  await db.account.create({ data: { id: 'lea', userId: 'lea', accountId: 'lea', providerId: 'credential' } })
  await disableUser(pool, lea)
  expect(await isDisabled(pool, lea)).toBe(true)
  await enableUser(pool, lea)
  expect(await db.account.findMany({ where: { userId: 'lea' } })).toMatchObject([{ id: 'lea', password: null }])
})
