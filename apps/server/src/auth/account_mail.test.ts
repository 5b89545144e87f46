import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'
import { smtpReceiver, type SmtpReceiver } from '../../testing/smtp_receiver.ts'
import { disableUser } from '../commands/users.ts'
import { attemptCounts } from './attempt_counts.ts'

const URL_OF_OURS = 'http://127.0.0.1:8000'
const PASSWORD = 'correct horse battery'

let smtp: SmtpReceiver
let server: SignInServer
let strict: SignInServer
let silent: SignInServer
beforeAll(async () => {
  smtp = await smtpReceiver()
  server = await signInServer({ env: { SMTP_URL: smtp.url, MAIL_FROM: 'Tasks <tasks@t.example>' } })
  const { database } = server
  strict = await signInServer({ database, env: { SMTP_URL: smtp.url, AUTH_REQUIRE_EMAIL_VERIFICATION: 'true' } })
  silent = await signInServer({ database })
})
afterAll(async () => {
  for (const one of [strict, silent, server]) await one.close()
  await smtp.close()
})

const post = async (of: SignInServer, path: string, payload: object, session?: string) => {
  const headers = session === undefined ? {} : { authorization: `Bearer ${session}` }
  const answer = await of.app.inject({ method: 'POST', url: `/api/auth${path}`, headers, payload })
  return { status: answer.statusCode, json: answer.json() }
}
const get = (of: SignInServer, url: string, session?: string) =>
  of.app.inject({ url, headers: session === undefined ? {} : { authorization: `Bearer ${session}` } })
const signIn = (of: SignInServer, email: string, password = PASSWORD) => post(of, '/sign-in/email', { email, password })

let names = 0
async function signUp(of: SignInServer) {
  const email = `mail-${++names}@example.com`
  const { json } = await post(of, '/sign-up/email', { name: 'Ann <b>', email, password: PASSWORD })
  return { email, id: String(json.user.id), session: json.token === null ? '' : String(json.token) }
}

/** The mails of a subject to an address, once there are as many. */
async function mailsTo(email: string, subject: RegExp, count = 1) {
  const mails = () => smtp.mails.filter(({ to, source }) => to.includes(email) && subject.test(source))
  await expect.poll(() => mails().length).toBe(count)
  return mails()
}
const RESET = /Subject: Reset your/
const CONFIRM = /Subject: Confirm your/

async function resetTokenOf(email: string): Promise<string> {
  const [mail] = await mailsTo(email, RESET)
  const link = new URL(mail?.links[0] ?? '')
  expect(link.href.startsWith(`${URL_OF_OURS}/#/reset-password?token=`)).toBe(true)
  return new URLSearchParams(link.hash.split('?')[1]).get('token') ?? ''
}

describe('a forgotten password', () => {
  test('is replaced through a mailed link that works once and ends all sessions and other links', async () => {
    const ann = await signUp(server)
    const { token } = (await get(server, '/api/auth/token', ann.session)).json<{ token: string }>()
    await post(server, '/request-password-reset', { email: ann.email })
    const reset = await resetTokenOf(ann.email)
    await post(server, '/request-password-reset', { email: ann.email })
    const [, other] = await mailsTo(ann.email, RESET, 2)
    const otherToken = other?.links[0]?.split('token=')[1]
    expect(other).toMatchObject({ from: 'tasks@t.example', to: [ann.email] })
    expect(other?.source).toMatch(/Content-Type: text\/plain[^]*Content-Type: text\/html/)

    expect(await post(server, '/reset-password', { token: reset, newPassword: 'short' })).toMatchObject({ status: 400 })
    const newPassword = 'another password'
    expect((await post(server, '/reset-password', { token: reset, newPassword })).status).toBe(200)
    for (const used of [reset, otherToken]) {
      expect(await post(server, '/reset-password', { token: used, newPassword })).toMatchObject({
        status: 400,
        json: { code: 'INVALID_TOKEN' },
      })
    }
    expect((await get(server, '/api/auth/token', ann.session)).statusCode).toBe(401)
    const me = await server.app.inject({ url: '/auth/me', headers: { authorization: `Bearer ${token}` } })
    expect(me.statusCode).toBe(401)
    expect((await signIn(server, ann.email)).status).toBe(401)
    expect((await signIn(server, ann.email, newPassword)).status).toBe(200)
  })

  test('is answered alike for an unknown address, a disabled account and without SMTP', async () => {
    const ben = await signUp(server)
    await disableUser(server.database.pool, ben)
    const cleo = await signUp(server)
    const answers = await Promise.all([
      post(server, '/request-password-reset', { email: cleo.email }),
      post(server, '/request-password-reset', { email: 'nobody@example.com' }),
      post(server, '/request-password-reset', { email: ben.email }),
      post(silent, '/request-password-reset', { email: cleo.email }),
    ])
    for (const answer of answers) expect(answer).toEqual(answers[0])
    await mailsTo(cleo.email, RESET)
    const others = [ben.email, 'nobody@example.com']
    expect(smtp.mails.filter(({ to, source }) => RESET.test(source) && others.some((one) => to.includes(one)))).toEqual(
      [],
    )
  })

  test('leads to the page that a trusted caller names, and to no other', async () => {
    const { email } = await signUp(server)
    const redirectTo = 'http://localhost:3000/new-password'
    await post(server, '/request-password-reset', { email, redirectTo })
    const [mail] = await mailsTo(email, RESET)
    const { pathname, search } = new URL(mail?.links[0] ?? '')
    const followed = await get(server, pathname + search)
    expect(followed.headers.location).toMatch(/^http:\/\/localhost:3000\/new-password\?token=/)
    const evil = await post(server, '/request-password-reset', { email, redirectTo: 'https://evil.example/' })
    expect(evil.status).toBe(403)
  })

  test('sends at most three mails to one address in a quarter of an hour', async () => {
    const { email } = await signUp(server)
    for (let count = 0; count < 6; count++) await post(server, '/request-password-reset', { email })
    const last = await signUp(server)
    await post(server, '/request-password-reset', { email: last.email })
    await mailsTo(last.email, RESET)
    await mailsTo(email, RESET, 3)
  })

  test('is replaced through a link that an operator makes', async () => {
    const dora = await signUp(silent)
    const command = (email: string) =>
      runCommandFile('commands/reset_password_command.ts', ['--email', email], { DATABASE_URL: server.database.url })
    const { code, stdout, stderr } = await command(dora.email.toUpperCase())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, token] = /^http:\/\/127\.0\.0\.1:8000\/#\/reset-password\?token=([\w-]+)\n$/.exec(stdout) ?? []
    const reset = await post(silent, '/reset-password', { token, newPassword: 'another password' })
    expect(reset.status).toBe(200)
    expect((await signIn(silent, dora.email, 'another password')).status).toBe(200)
    await disableUser(server.database.pool, dora)
    expect(await command(dora.email)).toMatchObject({
      code: 1,
      stderr: `${dora.email} is disabled: npm run user -- enable ${dora.email}\n`,
    })
  })
})

describe('the address of an account', () => {
  test('is confirmed before the first token where that is required', async () => {
    const eve = await signUp(strict)
    expect(eve.session).toBe('')
    const [mail] = await mailsTo(eve.email, CONFIRM)
    expect(await signIn(strict, eve.email)).toMatchObject({ status: 403, json: { code: 'EMAIL_NOT_VERIFIED' } })
    const earlier = (await signIn(silent, eve.email)).json.token
    for (const answer of [
      await get(strict, '/api/auth/token', earlier),
      await strict.app.inject({
        method: 'POST',
        url: '/api/auth/api-key/create',
        headers: { authorization: `Bearer ${earlier}` },
        payload: { name: 'k', configId: 'read' },
      }),
    ]) {
      expect([answer.statusCode, answer.json()]).toMatchObject([403, { code: 'EMAIL_NOT_VERIFIED' }])
    }
    const { pathname, search } = new URL(mail?.links[0] ?? '')
    expect((await get(strict, pathname + search)).statusCode).toBe(302)
    const { status, json } = await signIn(strict, eve.email)
    expect(status).toBe(200)
    expect((await get(strict, '/api/auth/token', json.token)).statusCode).toBe(200)
  })

  test('changes once the new one is confirmed, and without SMTP at once', async () => {
    const finn = await signUp(server)
    const newEmail = `new-${finn.email}`
    await post(server, '/change-email', { newEmail }, finn.session)
    const emailOf = async () => (await server.database.db.user.findFirst({ where: { id: finn.id } }))?.email
    const [mail] = await mailsTo(newEmail, CONFIRM)
    expect(await emailOf()).toBe(finn.email)
    const { pathname, search } = new URL(mail?.links[0] ?? '')
    await get(server, pathname + search, finn.session)
    expect(await emailOf()).toBe(newEmail)
    await post(silent, '/change-email', { newEmail: finn.email }, finn.session)
    expect(await emailOf()).toBe(finn.email)
  })
})

test('a mail is tried again after a temporary failure, and not after a final one', async () => {
  smtp.refuse(1, 451)
  const { email } = await signUp(server)
  await mailsTo(email, CONFIRM)
  smtp.refuse(1, 550)
  const refused = await signUp(server)
  await expect.poll(() => server.logged.map(({ message }) => message)).toContain('mail not sent')
  expect(smtp.mails.filter(({ to }) => to.includes(refused.email))).toEqual([])
})

test('doctor tries the sign-in at the mail server', async () => {
  const doctor = (SMTP_URL: string) =>
    runCommandFile('commands/doctor_command.ts', [], { PORT: '0', DATABASE_URL: server.database.url, SMTP_URL })
  const [right, wrong] = await Promise.all([doctor(smtp.url), doctor(smtp.url.replace('secret', 'hunter2'))])
  expect(right.stdout).toMatch(/^ok {3}mail +127\.0\.0\.1:\d+ can be reached and accepts the sign-in/m)
  expect(wrong.stdout).toMatch(/^FIX {2}mail +127\.0\.0\.1:\d+ of SMTP_URL cannot be used: /m)
  expect(wrong.stdout + wrong.stderr).not.toContain('hunter2')
})

test('who counts for several processes is asked about each attempt and each mail', async () => {
  const attempts: string[] = []
  const counts = attemptCounts({ RATE_LIMIT_AUTH: 1000 })
  const counted = await signInServer({
    database: server.database,
    env: { SMTP_URL: smtp.url },
    countAttempt: async (of, key) => {
      attempts.push(`${of} ${key}`)
      return counts(of, key)
    },
  })
  const { email } = await signUp(counted)
  await post(counted, '/request-password-reset', { email })
  await mailsTo(email, RESET)
  await counted.close()
  const mails = [`account-mail verification ${email}`, `account-mail reset ${email}`]
  expect(attempts).toEqual(['sign-in 127.0.0.1', mails[0], 'sign-in 127.0.0.1', mails[1]])
})
