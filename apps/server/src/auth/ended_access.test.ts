import { createRevocations } from '@taskwire/api'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'
import { storedRevocations } from './stored_revocations.ts'

// `server` is where sessions and accounts end; `replica` hears of it from the database alone.
let server: SignInServer
let replica: SignInServer
beforeAll(async () => {
  server = await signInServer()
  replica = await signInServer({ database: server.database })
})
afterAll(async () => {
  await replica.close()
  await server.close()
})

const password = 'correct horse battery'
const authorization = (session: string) => ({ authorization: `Bearer ${session}` })
const post = (path: string, session: string, payload: object = {}) =>
  server.app.inject({ method: 'POST', url: `/api/auth${path}`, headers: authorization(session), payload })
const me = (of: SignInServer, token: string) => of.app.inject({ url: '/auth/me', headers: authorization(token) })

async function signedByOthers(sub: string, issuedS: number, claims: object = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000) + issuedS
  const key = new TextEncoder().encode(TEST_SECRET)
  return new SignJWT({ sub, iat, exp: iat + 86_400, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(key)
}

/** What a token is answered by both processes, by the other one as soon as it may know. */
async function answers(token: string) {
  const here = await me(server, token)
  await expect.poll(async () => (await me(replica, token)).statusCode).toBe(here.statusCode)
  const there = await me(replica, token)
  return [here, there].map((answer) => (answer.statusCode === 200 ? 200 : answer.json<{ code: string }>().code))
}

describe('a token whose session ended is refused, here at once and elsewhere within 5 s', () => {
  test.each([
    ['signing out', (session: string) => post('/sign-out', session)],
    ['ending all sessions', (session: string) => post('/revoke-sessions', session)],
    [
      'changing the password with all other sessions',
      async (session: string, email: string) => {
        const signIn = await server.app.inject({
          method: 'POST',
          url: '/api/auth/sign-in/email',
          payload: { email, password },
        })
        const other = signIn.json<{ token: string }>().token
        const payload = { currentPassword: password, newPassword: 'another password', revokeOtherSessions: true }
        expect(other).not.toBe(session)
        return post('/change-password', other, payload)
      },
    ],
    [
      'an operator who deletes the row',
      async (session: string) => {
        await server.database.db.session.deleteMany({ where: { token: session } })
        server.signIn.revocations.expire()
        return { statusCode: 200 }
      },
    ],
  ])('%s', async (_how, end) => {
    const user = await server.newUser()
    const bystander = await server.newUser()
    expect(await answers(user.token)).toEqual([200, 200])
    expect((await end(user.session, user.email)).statusCode).toBe(200)
    expect(await answers(user.token)).toEqual(['token_expired', 'token_expired'])
    expect(await answers(bystander.token)).toEqual([200, 200])
  })
})

describe('the tokens of a deleted user', () => {
  test('are refused whoever issued them, unless they were issued later', async () => {
    const user = await server.newUser()
    const earlier = [
      user.token,
      await signedByOthers(user.id, -1),
      await signedByOthers(user.id, -7200),
      await signedByOthers(user.id, 0, { iat: undefined }),
    ]
    for (const token of earlier) expect(await answers(token)).toEqual([200, 200])
    expect((await post('/delete-user', user.session, { password })).statusCode).toBe(200)
    for (const token of earlier.slice(1)) {
      expect(await answers(token)).toEqual(['token_subject_invalid', 'token_subject_invalid'])
    }
    expect(await answers(user.token)).toEqual(['token_expired', 'token_expired'])
    expect(await answers(await signedByOthers(user.id, 3))).toEqual([200, 200])
  })

  test('end open streams', async () => {
    const user = await server.newUser()
    const principal = await replica.services.tokens.verify(user.token)
    const stream = await replica.services.feed.subscribe(principal, undefined)
    const ended = stream.next()
    expect((await post('/delete-user', user.session, { password })).statusCode).toBe(200)
    await expect(ended).resolves.toMatchObject({ done: true })
  })

  test('leave nothing behind that was written while the user was deleted', async () => {
    for (let round = 0; round < 5; round++) {
      const user = await server.newUser()
      const token = await signedByOthers(user.id, -1)
      const refusals = new Set<string>()
      let writing = true
      const writers = [server, replica, replica].map(async ({ app }, number) => {
        const url = `/api/${user.id}/${number === 2 ? 'chat' : 'tasks'}`
        const payload = number === 2 ? { message: 'add milk' } : { title: 'x' }
        while (writing) {
          const answer = await app.inject({ method: 'POST', url, headers: authorization(token), payload })
          if (answer.statusCode >= 400) refusals.add(answer.json<{ code: string }>().code)
        }
      })
      const changes = () => server.database.db.change.count({ where: { user_id: user.id } })
      try {
        await expect.poll(changes).toBeGreaterThan(3)
        expect((await post('/delete-user', user.session, { password })).statusCode).toBe(200)
        await expect.poll(() => refusals.has('token_subject_invalid')).toBe(true)
      } finally {
        writing = false
        await Promise.all(writers)
      }
      const where = { user_id: user.id }
      const { db } = server.database
      const left = [db.task.count({ where }), db.change.count({ where }), db.conversation.count({ where })]
      expect(await Promise.all([...left, db.message.count({ where })])).toEqual([0, 0, 0, 0])
      // A chat without a model is `model_unavailable`; what an answer meets when its conversation vanishes is its own.
      const expected = ['token_subject_invalid', 'model_unavailable', 'conversation_not_found', 'task_not_found']
      expect([...refusals].filter((code) => !expected.includes(code))).toEqual([])
    }
  })

  test.each([
    ['task', `INSERT INTO taskwire.task (user_id, title) VALUES ($1, 'x')`],
    ['conversation', `INSERT INTO taskwire.conversation (user_id, title) VALUES ($1, 'x')`],
    ['settings', `INSERT INTO taskwire.settings (user_id) VALUES ($1)`],
  ])('a first row in %s waits for a deletion that is in flight, and is refused then', async (table, text) => {
    const user = await server.newUser()
    const { pool, sql } = server.database
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('DELETE FROM taskwire.user WHERE id = $1', [user.id])
    const written = sql({ text, values: [user.id] }).catch((error: unknown) => error)
    await client.query('COMMIT')
    client.release()
    expect(await written).toMatchObject({ code: 'TW401' })
    const { rows } = await pool.query(`SELECT FROM taskwire.${table} WHERE user_id = $1`, [user.id])
    expect(rows).toEqual([])
  })
})

test('a deletion in a long transaction is noticed: it is dated by its commit', async () => {
  const user = await server.newUser()
  const revocations = createRevocations(storedRevocations(server.database.sql))
  const issue = { user_id: user.id, issued_at: Math.floor(Date.now() / 1000), session_id: null }
  const client = await server.database.pool.connect()
  await client.query('BEGIN')
  await client.query('DELETE FROM taskwire.user WHERE id = $1', [user.id])
  await client.query('SELECT pg_sleep(0.1)')
  const { rows } = await client.query<{ at: Date }>('SELECT clock_timestamp() AS at')
  await client.query('COMMIT')
  client.release()
  const stored = await server.database.db.revocation.findUnique({ where: { kind_id: { kind: 'user', id: user.id } } })
  expect(stored?.revoked_at.getTime()).toBeGreaterThanOrEqual(rows[0]?.at.getTime() ?? Infinity)
  await expect(revocations.assertValid(issue)).rejects.toMatchObject({ reason: 'token_subject_invalid' })
})
