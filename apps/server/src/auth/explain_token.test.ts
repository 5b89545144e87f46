import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { explainToken } from './explain_token.ts'
import { oauthClient } from '../../testing/oauth_client.ts'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const now = Math.floor(Date.now() / 1000)
const explain = (token: string) =>
  explainToken(token, envFrom({ BETTER_AUTH_SECRET: TEST_SECRET, DATABASE_URL: server.database.url }))

function sign(claims: object, secret = TEST_SECRET): Promise<string> {
  return new SignJWT({ sub: 'alice', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
}

test('a valid token is explained by its kind, its user and its access', async () => {
  const { id, session, token } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'k', configId: 'read' })
  const { tokens } = await oauthClient(server).connected(session, 'tasks:read')
  const valid = [
    [await sign({ exp: now + 60 }), ['"alice"', "this installation's secret", 'read and write']],
    [`Authorization: Bearer ${token}\n`, [JSON.stringify(id), 'issuer', 'read and write']],
    [key, [JSON.stringify(id), 'API key', 'read only']],
    [tokens.access_token, [JSON.stringify(id), 'a connected client', 'read only']],
    [await sign({ exp: 1e300 }), ['until 1e+300']],
  ] as const
  for (const [given, words] of valid) {
    const explanation = await explain(given)
    expect(explanation).toMatchObject({ valid: true, text: expect.stringContaining('Valid\n') })
    for (const word of words) expect(explanation.text).toContain(word)
  }
})

test('an invalid token is explained, and neither it nor the secret is shown', async () => {
  const { session } = await server.newUser()
  const invalidTokens: [string, string][] = [
    ['token_expired', await sign({ exp: now - 60 })],
    ['token_expiry_missing', await sign({})],
    ['token_signature_invalid', await sign({ exp: now + 60 }, 'another secret of thirty-two bytes!!')],
    ['session_token', session],
    ['api_key_invalid', `tw_${'x'.repeat(64)}`],
    ['token_expired', `twa_${'x'.repeat(32)}`],
    ['token_malformed', 'nonsense'],
    ['not_authenticated', ''],
  ]
  for (const [reason, token] of invalidTokens) {
    const { valid, text } = await explain(token)
    expect(valid).toBe(false)
    expect(text).toContain(`Invalid: ${reason}\n`)
    expect(text).not.toContain(TEST_SECRET)
    if (token.length > 20) expect(text).not.toContain(token.slice(-20))
  }
})

const AWAY = 'postgres://nobody@127.0.0.1:1/none'

test('a token that the shared secret signed is explained without the database, and without guessing about others', async () => {
  const away = (token: string, env: Record<string, string> = {}) =>
    explainToken(token, envFrom({ BETTER_AUTH_SECRET: TEST_SECRET, DATABASE_URL: AWAY, ...env }))
  const token = await sign({ exp: now + 60 })
  expect(await away(token)).toMatchObject({ valid: true })
  expect(await away(await sign({}), { AUTH_ALLOW_NON_EXPIRING: 'true' })).toMatchObject({
    valid: true,
    text: expect.stringContaining('valid without expiry'),
  })
  const replaced = {
    BETTER_AUTH_SECRET: '',
    BETTER_AUTH_SECRETS: `another secret of thirty-two bytes!!,${TEST_SECRET}`,
  }
  expect(await away(token, replaced)).toMatchObject({ valid: true })
  for (const stored of [`tw_${'x'.repeat(64)}`, `twa_${'x'.repeat(32)}`, (await server.newUser()).token]) {
    await expect(away(stored)).rejects.toThrow()
  }
})

test('the token of a session that has ended is explained as such', async () => {
  const { token, session } = await server.newUser()
  await server.database.db.session.deleteMany({ where: { token: session } })
  expect(await explain(token)).toMatchObject({ valid: false, text: expect.stringContaining('session') })
})

test('the claims of a token are shown, its times as dates, and none of more than 200 characters', async () => {
  const claims = { iat: 1_700_000_000, nbf: 1_700_000_001, exp: now + 60, aud: ['a', 'b'], iss: 'x'.repeat(300) }
  const { text } = await explain(await sign(claims))
  const lines = text.split('\n')
  expect(lines.slice(0, 6)).toEqual([
    'alg    "HS256"',
    `iss    "${'x'.repeat(199)}`,
    'aud    ["a","b"]',
    'sub    "alice"',
    'iat    "2023-11-14T22:13:20.000Z"',
    'nbf    "2023-11-14T22:13:21.000Z"',
  ])
  expect(lines).toContain(`exp    "${new Date((now + 60) * 1000).toISOString()}"`)
})

test('an explanation leaves no connection to the database open', async () => {
  const { key } = await server.newKey((await server.newUser()).session, { name: 'k', configId: 'read' })
  const sockets: Socket[] = []
  const opened = (message: unknown) => void sockets.push(Reflect.get(Object(message), 'socket'))
  subscribe('net.client.socket', opened)
  try {
    expect(await explain(key)).toMatchObject({ valid: true })
  } finally {
    unsubscribe('net.client.socket', opened)
  }
  expect(sockets.length).toBeGreaterThan(0)
  await expect.poll(() => sockets.filter(({ destroyed }) => !destroyed)).toEqual([])
})
